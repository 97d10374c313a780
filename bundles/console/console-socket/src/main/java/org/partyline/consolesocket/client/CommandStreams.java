package org.partyline.consolesocket.client;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * The input and output of a command.
 *
 * @param in read only if the command wants it
 * @param out standard output
 * @param err standard error
 */
public record CommandStreams(InputStream in, OutputStream out, OutputStream err) {}
