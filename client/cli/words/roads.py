"""Coming in by a link, certificates, proxies, and newer versions."""

WORDS = {
    "enrolling": (
        "Undangan untuk {name}, {city} ({server}).",
        "An invitation for {name}, {city} ({server}).",
    ),
    "trust_these": (
        "Untuk server kota, perangkat ini hanya percaya:",
        "For the city's server, only this is trusted:",
    ),
    "trust_one": ("{name}, berlaku sampai {until}", "{name}, good until {until}"),
    "trust_system": (
        "Perangkat ini percaya sertifikat yang dipercaya sistem ini.",
        "This device trusts the certificates that this system trusts.",
    ),
    "trust_compare": (
        "Cocokkan SHA-256 ini dengan yang dibacakan admin kota.",
        "Compare this SHA-256 with what the city's administrator reads to you.",
    ),
    "proxy_this": ("Lewat proksi {url}.", "By the proxy {url}."),
    "proxy_none": ("Langsung, tanpa proksi.", "Straight, by no proxy."),
    "proxy_system": ("Proksi mengikuti sistem ini.", "The proxy is what this system says."),
    "bad_proxy": (
        "“{url}” bukan alamat proksi. Contoh: http://proxy.kota.example:3128, none, atau system.",
        "“{url}” is not a proxy's address. Examples: http://proxy.kota.example:3128, none, or system.",
    ),
    "plain_http_this": (
        "Awas: {url} tidak terenkripsi; kata sandi dapat dibaca siapa pun di jaringan yang sama. Hanya untuk uji coba; "
        "`tenggat plain-http none` menariknya kembali.",
        "Careful: {url} is not encrypted; anybody in the same network can read the password. Only for a trial; "
        "`tenggat plain-http none` takes it back.",
    ),
    "plain_http_none": (
        "Profil ini tidak mengirim kata sandi ke alamat yang tidak terenkripsi.",
        "This profile sends no password to an address that is not encrypted.",
    ),
    "not_plain_http": (
        "“{url}” tidak perlu persetujuan: ini bukan alamat http:// komputer lain. Contoh: http://192.168.1.7:8000, "
        "atau none.",
        "“{url}” needs no yes: it is no http:// address of another computer. Examples: http://192.168.1.7:8000, "
        "or none.",
    ),
    "error_plain_http": ("Alamat server itu tidak terenkripsi.", "That server's address is not encrypted."),
    "status_trusts": ("Sertifikat", "Certificate"),
    "status_proxy": ("Proksi", "Proxy"),
    "status_newer": ("Versi baru", "New version"),
    "newer_there": (
        "Tenggat {version} sudah ada: `pip install --upgrade tenggat`, bila sempat.",
        "Tenggat {version} is there: `pip install --upgrade tenggat`, when you have time.",
    ),
    "error_bad_link": ("Itu bukan tautan undangan yang utuh.", "That is not a whole invitation's link."),
    "error_plain_link": (
        "Alamat di tautan itu tidak terenkripsi (http://).",
        "The address in that link is not encrypted (http://).",
    ),
    "error_other_servers_link": (
        "Tautan itu dari kota lain; perangkat ini sudah bekerja untuk satu kota.",
        "That link is of another city; this device works for one already.",
    ),
    "todo_other_servers_link": (
        "Pakai profil lain: `tenggat --profile NAMA enrol TAUTAN`.",
        "Use another profile: `tenggat --profile NAME enrol LINK`.",
    ),
    "error_already_in": ("Perangkat ini sudah masuk.", "This device is signed in already."),
    "error_invitation_unknown": ("Undangan itu tidak dikenal di kota ini.", "This city knows no such invitation."),
    "todo_invitation_unknown": (
        "Salin tautannya sekali lagi, seluruhnya, dari pesan admin.",
        "Copy the link once more, all of it, from the administrator's message.",
    ),
    "error_invitation_used": ("Undangan itu sudah dipakai.", "That invitation was used already."),
    "todo_invitation_used": (
        "Satu undangan untuk satu perangkat. Minta yang baru ke admin kota; bila bukan Anda pemakainya, katakan juga.",
        "An invitation is for one device. Ask the city's administrator for a new one; if it was not you who used it, "
        "say that too.",
    ),
    "error_invitation_expired": ("Undangan itu sudah lewat waktunya.", "That invitation is too old."),
    "todo_invitation_expired": ("Minta yang baru ke admin kota.", "Ask the city's administrator for a new one."),
    "error_invitation_revoked": (
        "Undangan itu ditarik kembali, atau akunnya ditutup.",
        "That invitation was taken back, or its account was closed.",
    ),
    "todo_invitation_revoked": ("Tanyakan ke admin kota.", "Ask the city's administrator."),
    "error_untrusted_server": (
        "Sertifikat server tidak dapat dipercaya; tidak ada yang dikirim.",
        "The server's certificate cannot be trusted; nothing was sent.",
    ),
    "todo_untrusted_server": (
        "Di Wi-Fi umum, buka dulu halaman masuknya di peramban. Lainnya: `tenggat trust`, atau tanyakan ke admin kota.",
        "On a public Wi-Fi, open its sign-in page in a browser first. Else: `tenggat trust`, or ask the city's "
        "administrator.",
    ),
    "error_proxy_trouble": ("Proksi tidak meneruskan ke server.", "The proxy does not let us through to the server."),
    "todo_proxy_trouble": (
        "Periksa alamatnya, dan nama serta sandinya bila diminta: `tenggat proxy http://nama:sandi@alamat:port`. "
        "Tanpa proksi: `tenggat proxy none`. Yang Anda isi aman di perangkat ini.",
        "Check its address, and its name and password where it wants them: "
        "`tenggat proxy http://name:password@host:port`. Without a proxy: `tenggat proxy none`. "
        "What you typed is safe on this device.",
    ),
}
