"""What waits here, written to a file that anybody may carry (`writing`, `carrying`); and the answer, taken in when it
comes back (`answering`)."""
