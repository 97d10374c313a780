package org.partyline.chat.testing;

import org.partyline.shell.output.Sanitizer;

/** The console's own cleaning. */
public final class Cleaning {
    private Cleaning() {}

    public static String clean(String text) {
        return Sanitizer.line(text);
    }
}
