package org.partyline.shell.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Messages;
import org.partyline.api.store.Store;
import org.partyline.shell.output.Style;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

class UnlockCommandTest {
    private final FakeEngine fake = FakeEngine.furnished();

    @Test
    void theRightPassphraseOpensAndIsWiped() throws Exception {
        fake.state = Store.State.LOCKED;
        FakeSession session = FakeSession.withTerminal(80, 24).answer("correct horse");
        String printed = new Runner(fake, session).run("unlock");
        assertEquals(Store.State.OPEN, fake.state);
        assertTrue(printed.contains("3 packets"), printed);
        assertArrayEquals(new char[13], fake.secrets.get(0));
    }

    @Test
    void aStoreThatMayBeAnOldCopyIsSaidAtOnce() throws Exception {
        fake.state = Store.State.LOCKED;
        fake.vaultWarnings = List.of("the store may be a restored old copy");
        FakeSession session = FakeSession.withTerminal(80, 24).answer("correct horse");
        Runner runner = new Runner(fake, session);
        assertTrue(runner.run("unlock").contains("the store may be a restored old copy"));
    }

    @Test
    void aWrongOneIsALineWithoutAHintAndIsWiped() {
        fake.state = Store.State.LOCKED;
        FakeSession session = FakeSession.withTerminal(80, 24).answer("wrong horse");
        String refusal = new Runner(fake, session).refusal("unlock");
        assertEquals(Style.BAD.paint("Error: the passphrase is wrong: try again"), refusal);
        assertArrayEquals(new char[11], fake.secrets.get(0));
    }

    @Test
    void withoutAStoreItPointsToSetup() {
        fake.state = Store.State.NEW;
        assertEquals(
                "Error: there is no store yet: create one with partyline:setup",
                new Runner(fake, FakeSession.withoutTerminal()).refusal("unlock"));
    }

    @Test
    void aLockedServerTellsItsStatusAndNothingOfWhatIsInside() throws Exception {
        fake.state = Store.State.LOCKED;
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        String printed = runner.run("status");
        assertTrue(printed.contains("locked, 3 packets collected"), printed);
        assertTrue(!printed.contains("lobby"), printed);
        assertTrue(runner.run("status", "--json").contains("\"channels\":null"));
    }

    @Test
    void whatWasDroppedWhileLockedIsTold() throws Exception {
        fake.dropped = 12;
        fake.state = Store.State.LOCKED;
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        assertTrue(runner.run("status", "--json").contains("\"dropped_packets\":12"));
        FakeSession session = FakeSession.withTerminal(80, 24).answer("correct horse");
        assertTrue(
                unwrapped(new Runner(fake, session).run("unlock")).contains("Dropped for lack of space: 12 packets"));
    }

    private static String unwrapped(String printed) {
        return printed.replaceAll("\\s+", " ");
    }

    @Test
    void howFarReadingHasComeIsShown() throws Exception {
        fake.state = Store.State.LOCKED;
        fake.deriving = 100;
        FakeSession session = FakeSession.withTerminal(80, 24).answer("correct horse");
        assertTrue(unwrapped(new Runner(fake, session).run("unlock")).contains("100 keys are still to be derived"));
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        assertTrue(unwrapped(runner.run("status")).contains("Reading 100 keys are"), runner.run("status"));
        fake.deriving = 0;
        assertTrue(!runner.run("status").contains("Reading"));
    }

    @Test
    void theStatusOfAHundredChannelsIsOneScreen() throws Exception {
        for (int i = 0; i < 100; i++) {
            fake.channels.add(Samples.channel("me", "c" + i, Channels.Mode.RATCHET, KdfParameters.ARGON2ID_DEFAULT));
            fake.outbox.put(
                    1000L + i, Samples.outgoing(1000 + i, "me", "c" + i, Messages.State.QUEUED, "it waits for coins"));
        }
        String printed = new Runner(fake, FakeSession.withoutTerminal()).run("status");
        assertTrue(printed.lines().count() <= 45, printed);
        assertTrue(
                printed.contains("… and 93 more: partyline:channel-list")
                        || printed.contains("… and 92 more: partyline:channel-list"),
                printed);
        assertTrue(new Runner(fake, FakeSession.withoutTerminal())
                .run("status", "--json")
                .contains("\"c99\""));
    }
}
