package org.partyline.consoleline;

import org.jline.reader.Widget;
import org.jline.reader.impl.LineReaderImpl;

/**
 * Inserts pasted text (a terminal encloses it in {@code ESC [200~} and {@code ESC [201~}). JLine's own widget inserts
 * some of it twice if it follows another paste directly.
 */
final class Paste implements Widget {
    private final LineReaderImpl reader;

    Paste(LineReaderImpl reader) {
        this.reader = reader;
    }

    @Override
    public boolean apply() {
        StringBuilder pasted = new StringBuilder();
        while (pasted.indexOf(
                        LineReaderImpl.BRACKETED_PASTE_END,
                        pasted.length() - LineReaderImpl.BRACKETED_PASTE_END.length())
                < 0) {
            int c = reader.readCharacter();
            if (c < 0) {
                return false;
            }
            pasted.appendCodePoint(c);
        }
        pasted.setLength(pasted.length() - LineReaderImpl.BRACKETED_PASTE_END.length());
        // A terminal sends Enter at the end of a line.
        reader.getBuffer().write(pasted.toString().replace("\r\n", "\n").replace('\r', '\n'));
        return true;
    }
}
