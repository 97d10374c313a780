/**
 * The common parts of both ends of the console's socket: its path, the permitted users, and the frames.
 *
 * <p>A frame is one byte of {@linkplain org.partyline.consolesocket.wire.FrameType type}, four bytes of length (big
 * endian), and that many bytes. The server speaks first, with HELLO. The client then makes one request, RUN, LINES or
 * CONSOLE, or disconnects. The server answers with OUT and ERR, requests standard input with WANT, and ends with EXIT:
 * output without it is incomplete.
 */
package org.partyline.consolesocket.wire;
