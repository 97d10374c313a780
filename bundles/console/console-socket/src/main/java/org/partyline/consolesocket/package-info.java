/**
 * The console over a Unix domain socket in the home: the start script's commands and consoles use it. A directory that
 * only the server's user may enter contains the socket, so nobody else can connect to it, nor put another in its place.
 */
package org.partyline.consolesocket;
