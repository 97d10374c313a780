/**
 * The console over a Unix domain socket in the home: what the start script's commands and consoles go through. A directory that
 * only the server's user may enter holds the socket, so nobody else can connect to it, nor put another in its place.
 */
package org.partyline.consolesocket;
