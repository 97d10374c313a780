package com.example.extension.note;

import com.example.extension.loopback.Notices;
import java.security.SecureRandom;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.Transport;
import org.partyline.shell.spi.ConsoleCommand;

/** Pins a note to the loopback's network. */
@Command(
        scope = ConsoleCommand.SCOPE,
        name = "example-note",
        description = "Pin a note that everybody in a channel reads",
        detailedDescription = "partyline:example-note lobby \"back at noon\"")
final class NoteCommand extends ConsoleCommand {
    private static final int LAST = 9;

    private final List<Transport> nodes;

    @Argument(index = 0, name = "CHANNEL", description = "Where", required = true)
    private String channel;

    @Argument(index = 1, name = "TEXT", description = "What", required = true)
    private String text;

    @Option(name = "--edition", description = "Of those who read it, 1 to 9")
    private int edition = 1;

    NoteCommand(List<Transport> nodes) {
        this.nodes = nodes;
    }

    @Override
    protected void run() throws PartylineException {
        byte[] note = new Note(edition, new SecureRandom().nextInt(), channel, text).bytes();
        if (edition < 1
                || edition > LAST
                || !Note.FORM.matches(note)
                || Note.of(note).isEmpty()) {
            throw new PartylineException("a note of this edition, " + edition + ", and length, " + note.length
                    + " bytes, cannot be pinned: take an edition from 1 to 9 and up to 80 bytes");
        }
        Transport node = nodes.stream()
                .filter(Notices::carriedBy)
                .findFirst()
                .orElseThrow(() -> new PartylineException("there is no loopback to pin it to"));
        node.broadcast(Notices.transaction(note));
        print(new Document(channel, edition), "Pinned.");
    }

    record Document(String channel, int edition) {}
}
