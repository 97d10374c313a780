package org.partyline.consoleline;

/** A line that cannot be parsed. The message says what is wrong with it, and contains none of its words. */
public final class LineException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean open;

    private LineException(String message, boolean open) {
        super(message);
        this.open = open;
    }

    static LineException wrong(String message) {
        return new LineException(message, false);
    }

    static LineException open() {
        return new LineException("a quotation mark is not closed: close it, or use say, which needs no quoting", true);
    }

    /** Returns whether further lines could complete it. */
    public boolean isOpen() {
        return open;
    }
}
