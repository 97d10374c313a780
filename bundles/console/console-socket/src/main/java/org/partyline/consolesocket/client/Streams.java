package org.partyline.consolesocket.client;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * Where a command's input comes from, and its output goes.
 *
 * @param in read only when the command wants it
 * @param out standard output
 * @param err standard error
 */
public record Streams(InputStream in, OutputStream out, OutputStream err) {}
