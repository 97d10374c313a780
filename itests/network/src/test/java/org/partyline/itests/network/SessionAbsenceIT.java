package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.partyline.itests.network.Pair.ANSWER;
import static org.partyline.itests.network.Pair.HANDSHAKE;
import static org.partyline.itests.network.Pair.KEY_UPDATE;
import static org.partyline.itests.network.Pair.MESSAGE;
import static org.partyline.itests.network.Pair.OPEN;
import static org.partyline.itests.network.Pair.REKEY_MESSAGES;
import static org.partyline.itests.network.Pair.only;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Person;
import org.partyline.itests.harness.SecretFile;
import org.partyline.itests.harness.ShowLogs;

/** Sessions of people whose servers are stopped, or lost and restored from a backup. Every test has its own personas. */
@ExtendWith({NeedsNode.class, ShowLogs.class, Stage.Resolver.class})
class SessionAbsenceIT {
    private final Stage stage;

    SessionAbsenceIT(Stage stage) {
        this.stage = stage;
    }

    /** Where the packets that a server missed are when it returns. */
    enum Missed {
        IN_THE_MEMPOOL,
        IN_A_BLOCK
    }

    private void leave(Missed missed) {
        if (missed == Missed.IN_A_BLOCK) {
            stage.node().mine(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoWasAwayDuringAHandshakeFindsItAndItsAnswer(Missed missed) {
        Pair pair = stage.pair("away " + missed.ordinal()).meet();
        Person alice = pair.alice();
        Person bob = pair.bob();
        stage.bob().server().stop();
        alice.write(bob.name(), "are you there?");
        alice.awaitOutgoing(bob.name(), HANDSHAKE, "relayed");
        leave(missed);
        stage.alice().server().stop();
        Stage.restart(stage.bob());
        bob.awaitSession(alice.name(), OPEN);
        bob.awaitOutgoing(alice.name(), ANSWER, "relayed", "in a block");
        bob.write(alice.name(), "I am now");
        bob.awaitOutgoing(alice.name(), MESSAGE, "relayed");
        leave(missed);
        Stage.restart(stage.alice());
        alice.awaitText(bob.name(), "I am now");
        bob.awaitText(alice.name(), "are you there?");
        pair.awaitSession();
        pair.assertTalks("both here");
        only(alice.outgoing(bob.name(), HANDSHAKE));
        only(bob.outgoing(alice.name(), ANSWER));
    }

    @ParameterizedTest
    @EnumSource
    void whoWasAwayDuringAKeyUpdateFindsIt(Missed missed) {
        Pair pair = stage.pair("away at renewal " + missed.ordinal()).meet().talk();
        Person alice = pair.alice();
        Person bob = pair.bob();
        pair.assertTalks("before");
        stage.alice().set(REKEY_MESSAGES, "2");
        stage.bob().server().stop();
        try {
            alice.write(bob.name(), "two is enough");
            alice.write(bob.name(), "still under the old keys");
            alice.awaitOutgoing(bob.name(), KEY_UPDATE, "relayed");
            alice.awaitOutgoing(bob.name(), MESSAGE, "relayed");
            leave(missed);
        } finally {
            stage.alice().set(REKEY_MESSAGES, "100");
            Stage.restart(stage.bob());
        }
        bob.awaitText(alice.name(), "still under the old keys");
        pair.awaitRenewed();
        pair.assertTalks("under new keys");
        assertEquals(
                List.of(
                        "the first words",
                        "from alice, before",
                        "two is enough",
                        "still under the old keys",
                        "from alice, under new keys"),
                bob.texts(alice.name()));
        only(alice.outgoing(bob.name(), KEY_UPDATE));
        only(bob.outgoing(alice.name(), KEY_UPDATE));
    }

    // ---- backups

    /** @param bobOpened whether the lost session was opened by the other side */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoRestoresABackupInAFreshHomeOpensSessionsAnewAndBothDirectionsWork(boolean bobOpened) throws Exception {
        // Names that no other test on this node uses.
        String name = bobOpened ? "grace" : "heidi";
        Operator lost = stage.newServer(name, "poll-interval=200ms");
        Person before = Person.of(lost, name);
        Person bob = bobBefore(before, name, bobOpened);
        Pair pair = new Pair(before, bob).meet();
        if (bobOpened) {
            bob.write(name, "I open");
            before.awaitText(bob.name(), "I open");
        }
        pair.talk();
        before.json("contact-verify", bob.name(), "--same");
        Path backup = lost.server().home().resolve("my.backup");
        try (SecretFile passphrase = new SecretFile("a passphrase of the backup alone")) {
            JsonNode written =
                    lost.server().json("backup-export", backup.toString(), "--passphrase-file", passphrase.toString());
            assertEquals(1, written.get("personas").asInt());
            assertEquals(1, written.get("contacts").asInt());
            lost.server().kill();

            Operator fresh = new Operator(PartylineServer.create(name + "-anew").start());
            fresh.setUp(name);
            fresh.addNode(stage.node(), name, "poll-interval=200ms");
            JsonNode preview = fresh.server()
                    .json("backup-import", backup.toString(), "--preview", "--passphrase-file", passphrase.toString());
            assertFalse(preview.get("imported").asBoolean());
            Person after = Person.of(fresh, name);
            assertEquals(0, after.contacts().count());
            JsonNode done = fresh.server()
                    .json(
                            "backup-import",
                            backup.toString(),
                            "--yes",
                            "--original",
                            "gone",
                            "--passphrase-file",
                            passphrase.toString());
            assertTrue(done.get("imported").asBoolean());
            assertEquals("verified", after.contact(bob.name()).get("trust").asText());
            Pair again = new Pair(after, bob);
            again.awaitSession();
            again.assertTalks("from another disk");
            assertTrue(after.session(bob.name()).orElseThrow().get("initiator").asBoolean());
            assertEquals(List.of(), after.outgoing(bob.name(), ANSWER), "an old handshake is not answered twice");
            fresh.server().close();
        } finally {
            lost.server().close();
        }
    }

    /**
     * Returns a persona of Bob's whose handshake would win against the other's if both opened at once: an old one that
     * is read again must not.
     */
    private Person bobBefore(Person other, String about, boolean lower) {
        for (int i = 0; ; i++) {
            Person bob = Person.create(stage.bob(), "b " + about + " " + i);
            if (!lower || bob.senderId().compareTo(other.senderId()) < 0) {
                return bob.fund(stage.node(), "bob", Stage.PERSON_COINS, Stage.PERSON_SAT);
            }
        }
    }
}
