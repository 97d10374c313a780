package org.partyline.shell.status;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Sessions;
import org.partyline.api.health.Finding;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;
import org.partyline.testkit.ScreenEmulator;
import org.partyline.testkit.ScreenPicture;

/** Compares the output of {@code status} with the image in docs; {@code -Dpictures.write=true} writes the image. */
class StatusPictureTest {
    private static final int COLUMNS = 100;

    private static FakeEngine engine() {
        FakeEngine fake = FakeEngine.furnished();
        fake.personas.clear();
        fake.personas.add(Samples.persona(1, "alice", true));
        fake.channels.clear();
        fake.channels.add(Samples.channel("alice", "lobby", Channels.Mode.RATCHET, KdfParameters.ARGON2ID_DEFAULT));
        fake.contacts.clear();
        fake.contacts.add(Samples.contact("alice", "bob", Contacts.Trust.VERIFIED, Sessions.State.OPEN));
        fake.contacts.add(Samples.contact("alice", "carol", Contacts.Trust.UNVERIFIED, Sessions.State.OPENING));
        fake.cover.clear();
        fake.cover.add(Samples.cover("alice", true, "", Duration.ofMinutes(10), 20_000));
        fake.foreign.clear();
        fake.findings =
                List.of(Finding.warning("backup", "the newest backup is 40 days old", "partyline:backup-export FILE"));
        return fake;
    }

    @Test
    void aServerOnOneScreen() throws Exception {
        String printed = new Runner(engine(), FakeSession.withTerminal(COLUMNS, 60))
                .run("status")
                // Only a packed program knows its version.
                .replace("unknown", "0.1.0");
        String shown = "partyline> status\n" + printed.stripTrailing();
        ScreenEmulator screen = new ScreenEmulator(COLUMNS, (int) shown.lines().count(), character -> 1);
        screen.write(shown.replace("\n", "\r\n"));
        ScreenPicture.isIn(
                Path.of("../../../docs/status.svg"),
                screen,
                "The command status: store, persona, channels, contacts, coins, outbox, cover traffic, costs and nodes");
    }
}
