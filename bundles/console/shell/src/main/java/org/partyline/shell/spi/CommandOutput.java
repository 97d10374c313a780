package org.partyline.shell.spi;

/** The destination of a command's output: a terminal, or plain text for a pipe or program. */
public interface CommandOutput {
    /** Prints a line unchanged. External text must not contain control characters: see {@link #clean}. */
    void line(String text);

    /** Prints text, wrapped to the terminal. */
    void paragraph(String text);

    /**
     * Prints one JSON document on a line: a record, whose component names become snake_case, always with every field.
     */
    void json(Object document);

    /** Returns the text on one line, without terminal control sequences. */
    String clean(String text);
}
