package org.partyline.consolesocket.wire;

import java.io.IOException;

/** The type of a frame. */
public enum FrameType {
    /**
     * From the server: a byte with the {@linkplain Hello#VERSION version}, the process id (8 bytes), the home (UTF-8).
     */
    HELLO('h'),
    /** From the server: bytes of standard output. */
    OUT('o'),
    /** From the server: bytes of standard error. */
    ERR('e'),
    /** From the server: it requests standard input, at most this many bytes (4 bytes). */
    WANT('w'),
    /**
     * From the server, before each line that it runs: it answers within this many seconds (4 bytes); 0 for no limit.
     */
    LIMIT('t'),
    /**
     * From the server, in a console: the command to run again on another connection if this one breaks, and, in the
     * following lines, the data that it remembers (UTF-8); empty for none. From the client, before such a console: the
     * same.
     */
    RESUME('u'),
    /** From the server: the end, and the exit status (4 bytes). */
    EXIT('x'),
    /** From the client, before its request: its working directory (UTF-8), which relative names are relative to. */
    HERE('d'),
    /** From the client, before its request: the user wants no colours (no-color.org). */
    PLAIN('p'),
    /**
     * From the client, before its request: it runs for a user who has only these roles (UTF-8, separated by spaces).
     */
    ROLES('a'),
    /** From the client: run this (UTF-8). */
    RUN('r'),
    /** From the client: run the lines of standard input; one byte, {@link Mode}. */
    LINES('l'),
    /** From the client: a console; columns and rows (4 bytes each), the type of the terminal (UTF-8). */
    CONSOLE('c'),
    /** From the client: standard input, as requested, or as it arrives in a console; empty at its end. */
    INPUT('i'),
    /** From the client: the terminal has another size; columns and rows (4 bytes each). */
    SIZE('s');

    private final byte code;

    FrameType(char code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    static FrameType of(byte code) throws IOException {
        for (FrameType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new IOException("a frame of the unknown type " + code + " arrived on the console's socket");
    }
}
