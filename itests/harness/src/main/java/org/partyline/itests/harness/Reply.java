package org.partyline.itests.harness;

/**
 * The result of a console command.
 *
 * @param status exit status; 0 if it succeeded
 * @param out standard output
 * @param err standard error
 */
public record Reply(int status, String out, String err) {
    /** Returns both streams, without leading and trailing white space. */
    public String text() {
        return (out + err).strip();
    }
}
