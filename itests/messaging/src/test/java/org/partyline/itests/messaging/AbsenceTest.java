package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Privacy;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/**
 * Stops and starts bundles while messages are sent and read, all of them real. Each stage's own behaviour meanwhile is
 * tested in its bundle.
 */
class AbsenceTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private TestServer alice;
    private TestServer bob;

    @BeforeEach
    void twoServers() throws Exception {
        alice = TestServer.fresh(clock, network.node("a"));
        bob = TestServer.fresh(clock, network.node("b"));
        for (TestServer server : List.of(alice, bob)) {
            server.join("lobby", Mode.RATCHET);
        }
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private void awaitHeard(String... texts) throws Exception {
        TestServer.await("all is read", () -> {
            alice.round();
            return bob.received().size() >= texts.length;
        });
        assertEquals(List.of(texts), bob.received());
    }

    @Test
    void manyMessagesArriveOnceEachWhileStagesComeAndGo() throws Exception {
        List<String> swapped = List.of(
                "mailbox", "fees", "contacts", "sealing", "delivery", "receive", "channels", "backup", "privacy");
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 54; i++) {
            String stage = swapped.get(i / 3 % swapped.size());
            switch (i % 3) {
                case 1 -> {
                    alice.stop(stage);
                    bob.stop(stage);
                }
                case 2 -> {
                    alice.start(stage);
                    bob.start(stage);
                }
                default -> alice.round();
            }
            sent.add("message " + i);
            alice.send("lobby", sent.get(i));
        }
        TestServer.await("all is read", () -> {
            alice.round();
            return bob.received().size() >= sent.size();
        });
        assertEquals(sent, bob.received());
        TestServer.await("all is told", () -> bob.told().size() >= sent.size());
        assertEquals(sent.size(), bob.told().size());
    }

    @Test
    void theLastGoodSettingsHoldWhileTheirBundleIsAwayAndNothingCanBeSet() throws Exception {
        alice.settings.set("fee-cap-message", "12345sat");
        alice.stop(OperatorSettings.class);
        alice.send("lobby", "meanwhile");
        awaitHeard("meanwhile");
        assertEquals(12_345, alice.fees().limits().message());
        for (Executable command : List.<Executable>of(
                () -> alice.fees().limit(Fees.Cap.DAY, 1),
                () -> alice.privacy().apply(Privacy.Profile.ECONOMY),
                () -> alice.suites.deny("SCRYPT"))) {
            Exception refused = assertThrows(Exception.class, command);
            assertTrue(refused.getMessage().startsWith("not possible now: it waits for"), refused.getMessage());
        }
        alice.start(OperatorSettings.class);
        alice.fees().limit(Fees.Cap.DAY, 54_321);
        alice.suites.deny("SCRYPT");
        assertEquals(54_321, alice.fees().limits().day());
        alice.send("lobby", "afterwards");
        awaitHeard("meanwhile", "afterwards");
    }
}
