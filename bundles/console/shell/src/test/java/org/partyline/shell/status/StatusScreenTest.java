package org.partyline.shell.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Sessions;
import org.partyline.api.health.Finding;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

/**
 * The overview of a large server fits on one screen: the latest entries, how many more there are, and which command
 * shows them.
 */
class StatusScreenTest {
    private final FakeEngine fake = new FakeEngine();

    private List<String> status() throws Exception {
        return AttributedString.stripAnsi(new Runner(fake, FakeSession.withTerminal(120, 60)).run("status"))
                .lines()
                .map(String::strip)
                .toList();
    }

    private static Channel channel(String name, int unread, Instant last) {
        Channel like = Samples.channel("me", name, Mode.RATCHET, KdfParameters.ARGON2ID_DEFAULT);
        return new Channel(
                like.persona(),
                like.name(),
                like.network(),
                like.mode(),
                like.carrier(),
                like.kdf(),
                like.startDay(),
                unread,
                Optional.of(last),
                like.senders());
    }

    private void fill() {
        fake.nodes.add(Samples.node("embedded", "embedded"));
        IntStream.range(0, 100).forEach(i -> {
            fake.channels.add(channel("channel" + i, 0, Samples.NOW.minusSeconds(1000L - i)));
            fake.contacts.add(Samples.contact("me", "contact" + i, Trust.VERIFIED, Sessions.State.OPEN));
            fake.personas.add(Samples.persona(i + 2, "persona" + i, false));
            fake.outbox.put((long) i, Samples.outgoing(i, "me", "lobby", State.QUEUED, "it waits for a node"));
            fake.findings.add(Finding.warning("coins", "persona" + i + " has no coins", ""));
        });
    }

    @Test
    void itFitsAScreenWithAHundredOfEverything() throws Exception {
        fill();
        List<String> lines = status();
        assertTrue(lines.size() <= 48, () -> lines.size() + " lines:\n" + String.join("\n", lines));
        assertEquals(
                List.of(
                        "… and 92 more: partyline:channel-list",
                        "… and 92 more: partyline:contact-list",
                        "… and 92 more: partyline:doctor"),
                lines.stream().filter(line -> line.startsWith("…")).toList());
        assertTrue(
                lines.stream().anyMatch(line -> line.startsWith("Persona") && line.endsWith(" and 93 more")),
                lines::toString);
        assertEquals(0, fake.outboxReads, "it needs counts, not messages");
    }

    @Test
    void whatIsUnreadStandsFirstAndThenWhatIsLatest() throws Exception {
        fill();
        fake.channels.set(3, channel("unread", 1, Samples.NOW.minusSeconds(9000)));
        assertEquals(
                List.of("unread", "channel99", "channel98"),
                status().stream()
                        .dropWhile(line -> !line.startsWith("CHANNEL "))
                        .skip(1)
                        .limit(3)
                        .map(line -> line.replaceFirst(" .*", ""))
                        .toList());
    }
}
