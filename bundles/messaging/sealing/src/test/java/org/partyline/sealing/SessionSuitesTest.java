package org.partyline.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.AeadSuite;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.testkit.protocol.PlainSuite;

/**
 * Sessions are sealed with suites of other bundles as far as an offer can name them, and wait for the one that was
 * agreed on.
 */
class SessionSuitesTest {
    private static final AeadId SIXTH = new AeadId(6, "SIXTH", 16);

    private final SessionBench bench = new SessionBench();
    private final AeadSuite wide = new PlainSuite(new AeadId(200, "WIDE_GCM", 16));

    @AfterEach
    void close() {
        bench.close();
    }

    /** Makes it the first of the suites that may seal. */
    private void preferWide() {
        bench.stage.suites.add(wide);
        bench.stage.suites.deny("XCHACHA20_POLY1305");
        bench.stage.suites.deny("AES_256_GCM");
    }

    private void assertSealedWith(String suite, long id) throws Exception {
        List<String> views = bench.views(id);
        assertFalse(views.isEmpty());
        for (String json : views) {
            assertTrue(json.contains("\"cipher_suite\":\"" + suite + "\""), json);
        }
    }

    @Test
    void withNoSuiteAMessageWaits() throws Exception {
        preferWide();
        bench.stage.suites.remove(wide);
        long id = bench.stage.queue(bench.stage.join("lobby", Mode.RATCHET), "waits");
        assertEquals(bench.stage.suites.whyNoneSeals(), bench.waits(id));
        bench.stage.suites.add(wide);
        bench.seal(id);
    }

    /** An offer is a byte: it has no bit for code 200, and the other side may not have the bundle. */
    @Test
    void aHandshakeIsSealedWithASuiteThatAnOfferCanName() throws Exception {
        preferWide();
        ContactConversation bob = bench.stage.know("bob", bench.stage.identities.generate(bench.stage.random));
        long id = bench.stage.queue(bob, PacketType.HANDSHAKE_INIT, new byte[113]);
        assertEquals(bench.stage.suites.whyNoneSeals(), bench.waits(id));
        bench.stage.suites.add(new PlainSuite(SIXTH));
        bench.seal(id);
    }

    @Test
    void aMessageWaitsForTheSuiteOfTheSession() throws Exception {
        AeadSuite sixth = new PlainSuite(SIXTH);
        bench.stage.suites.add(sixth);
        ContactConversation bob = bench.session("bob", SIXTH);
        long first = bench.stage.queue(bob, "hello");
        bench.seal(first);
        assertSealedWith("SIXTH", first);
        bench.stage.suites.remove(sixth);
        long id = bench.stage.queue(bob, "waits here");
        String why = bench.waits(id);
        assertTrue(why.contains("it waits for the cipher suite SIXTH, which the session with 'bob' uses"), why);
        bench.stage.suites.add(sixth);
        bench.seal(id);
        assertSealedWith("SIXTH", id);
    }
}
