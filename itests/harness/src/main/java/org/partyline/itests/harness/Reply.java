package org.partyline.itests.harness;

/**
 * What a console command left behind.
 *
 * @param status exit status; 0 when it did what it was told
 * @param out what it printed
 * @param err what it printed on the other stream
 */
public record Reply(int status, String out, String err) {
    /** Both streams, without the white space at the ends. */
    public String text() {
        return (out + err).strip();
    }
}
