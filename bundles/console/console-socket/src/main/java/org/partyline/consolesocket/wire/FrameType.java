package org.partyline.consolesocket.wire;

import java.io.IOException;

/** The type of a frame. */
public enum FrameType {
    /** From the server: a byte with the {@linkplain Hello#VERSION version}, the process id (8 bytes), the home (UTF-8). */
    HELLO('h'),
    /** From the server: bytes of standard output. */
    OUT('o'),
    /** From the server: bytes of standard error. */
    ERR('e'),
    /** From the server: it wants standard input, at most so many bytes (4 bytes). */
    WANT('w'),
    /** From the server, before each line that it runs: within so many seconds it answers (4 bytes); 0: it may take any time. */
    LIMIT('t'),
    /**
     * From the server, in a console: what to run again on another connection if this one breaks, and in the lines after it what it
     * remembers (UTF-8); empty: nothing. From the client, before such a console: the same.
     */
    RESUME('u'),
    /** From the server: the end, and the exit status (4 bytes). */
    EXIT('x'),
    /** From the client, before what it asks for: its working directory (UTF-8), which relative names are relative to. */
    HERE('d'),
    /** From the client, before what it asks for: someone wants no colours (no-color.org). */
    PLAIN('p'),
    /**
     * From the client, before its request: it runs for a user who has only these roles (UTF-8, separated by spaces).
     */
    ROLES('a'),
    /** From the client: run this (UTF-8). */
    RUN('r'),
    /** From the client: run what standard input has, line by line; one byte, {@link Mode}. */
    LINES('l'),
    /** From the client: a console; columns and rows (4 bytes each), the type of the terminal (UTF-8). */
    CONSOLE('c'),
    /** From the client: standard input, as it was wanted, or as it comes in a console; empty: its end. */
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
