"""Who is told what, before a date passes and after it did: decided purely, kept as rows, sent by mail."""
