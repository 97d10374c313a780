/**
 * What both ends of the console's socket share: where it lies, who may be at it, and the frames.
 *
 * <p>A frame is one byte of {@linkplain org.partyline.consolesocket.wire.FrameType type}, four bytes of length (big endian), and
 * that many bytes. The server speaks first, with HELLO. The client then asks for one thing, RUN, LINES or CONSOLE, or leaves. The
 * server answers with OUT and ERR, asks for standard input with WANT, and ends with EXIT: what ends without is not whole.
 */
package org.partyline.consolesocket.wire;
