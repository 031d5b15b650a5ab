"""The window for officers: the web app's screens over this client, through a server that only the window reaches."""
