package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.packet.Content;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Tests whose name is shown with a message: a member of the channel may use any. */
class SignerTest {
    private static final int MESSAGE = 77;
    private static final String WRONG = "unknown: the signature is wrong";

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private TestServer bob;
    private Insider mallory;
    private IdentityKeys carol;
    private IdentityKeys dave;
    private byte[] seed;

    @BeforeEach
    void aChainOfMallorys() throws Exception {
        bob = TestServer.fresh(clock, network.node("b"));
        bob.join("lobby", Mode.RATCHET);
        mallory = new Insider(network, clock, "lobby");
        carol = mallory.introduce(bob, "carol");
        dave = mallory.introduce(bob, "dave");
        seed = mallory.newSeed();
        mallory.openChain(seed, "carol", "hello");
        TestServer.await("hello", () -> bob.received().contains("hello"));
    }

    @AfterEach
    void close() {
        bob.close();
    }

    private Optional<String> signer(String text) throws Exception {
        TestServer.await(text, () -> bob.received().contains(text));
        return bob.messages().messages(Messages.Query.ALL).stream()
                .filter(message -> message.text().equals(Optional.of(text)))
                .findFirst()
                .orElseThrow()
                .signedBy();
    }

    @Test
    void whoSignsIsShown() throws Exception {
        mallory.sendSigned(seed, 0, mallory.text("I owe you"), carol);
        assertEquals(Optional.of("carol"), signer("I owe you"));
    }

    @Test
    void aSignatureThatIsNotTheSendersIsWrong() throws Exception {
        Content claimed =
                Insider.from(mallory.text("I owe you"), carol.identity().senderId());
        mallory.sendOnChain(seed, 0, claimed.withSignature(new byte[Content.SIGNATURE_LENGTH]), Insider.XCHACHA);
        assertEquals(Optional.of(WRONG), signer("I owe you"));
    }

    @Test
    void aSignatureOfOtherWordsIsWrong() throws Exception {
        mallory.sendSigned(seed, 0, mallory.text("I owe you 1"), carol);
        assertEquals(Optional.of("carol"), signer("I owe you 1"));
        Content other = Insider.from(
                        mallory.text("I owe you 9"), carol.identity().senderId())
                .withSignature(mallory.read(seed, 0).content().signature().orElseThrow());
        mallory.sendOnChain(seed, 1, other, Insider.XCHACHA);
        assertEquals(Optional.of(WRONG), signer("I owe you 9"));
    }

    @Test
    void aSignerWhoIsNoContactIsUnknown() throws Exception {
        bob.contacts().remove(Optional.empty(), "carol");
        mallory.sendSigned(seed, 0, mallory.text("I owe you"), carol);
        assertEquals(Optional.of("an unknown key"), signer("I owe you"));
    }

    @Test
    void aContactOfAnotherPersonaIsUnknown() throws Exception {
        bob.personas().create("bobby");
        bob.personas().use("bobby");
        IdentityKeys erin = mallory.introduce(bob, "erin");
        bob.personas().use("me");
        mallory.sendSigned(seed, 0, mallory.text("I owe you"), erin);
        assertEquals(Optional.of("an unknown key"), signer("I owe you"));
    }

    @Test
    void aSignatureWithoutASenderIsNobodysInAChannel() throws Exception {
        mallory.sendOnChain(
                seed, 0, mallory.text("I owe you").withSignature(new byte[Content.SIGNATURE_LENGTH]), Insider.XCHACHA);
        assertEquals(Optional.of("an unknown key"), signer("I owe you"));
    }

    @Test
    void aMessageInPiecesIsSignedByWhoSignedThemAll() throws Exception {
        mallory.sendSigned(seed, 0, mallory.piece(MESSAGE, 0, 2, "I owe "), carol);
        mallory.sendSigned(seed, 1, mallory.piece(MESSAGE, 1, 2, "you 100"), carol);
        assertEquals(Optional.of("carol"), signer("I owe you 100"));
    }

    @Test
    void piecesOfDifferentSignersAreSignedByNobody() throws Exception {
        mallory.sendSigned(seed, 0, mallory.piece(MESSAGE, 0, 2, "I owe "), carol);
        mallory.sendSigned(seed, 1, mallory.piece(MESSAGE, 1, 2, "you 100"), dave);
        assertEquals(Optional.of(WRONG), signer("I owe you 100"));
    }

    @Test
    void aMessageWithAPieceThatIsNotSignedIsSignedByNobody() throws Exception {
        mallory.sendSigned(seed, 0, mallory.piece(MESSAGE, 0, 2, "I owe "), carol);
        mallory.sendOnChain(seed, 1, mallory.piece(MESSAGE, 1, 2, "you 100"), Insider.XCHACHA);
        assertEquals(Optional.of(WRONG), signer("I owe you 100"));
        mallory.sendOnChain(seed, 2, mallory.piece(MESSAGE + 1, 0, 2, "I do not owe "), Insider.XCHACHA);
        mallory.sendSigned(seed, 3, mallory.piece(MESSAGE + 1, 1, 2, "you 100"), carol);
        assertEquals(Optional.of(WRONG), signer("I do not owe you 100"));
    }

    @Test
    void aPieceCannotBeTakenFromOneSignedMessageIntoAnother() throws Exception {
        mallory.sendSigned(seed, 0, mallory.piece(MESSAGE, 0, 2, "I owe "), carol);
        mallory.sendSigned(seed, 1, mallory.piece(MESSAGE, 1, 2, "nobody"), carol);
        assertEquals(Optional.of("carol"), signer("I owe nobody"));
        Content tail = mallory.piece(MESSAGE + 1, 1, 2, "you 100");
        mallory.sendSigned(seed, 2, mallory.piece(MESSAGE + 1, 0, 2, "Dave: "), dave);
        mallory.sendSigned(seed, 3, tail, dave);
        assertEquals(Optional.of("dave"), signer("Dave: you 100"));
        mallory.sendOnChain(seed, 4, mallory.read(seed, 0).content(), Insider.XCHACHA);
        mallory.sendSigned(
                seed, 5, mallory.piece(MESSAGE, 1, 2, new String(tail.body(), StandardCharsets.UTF_8)), dave);
        assertEquals(Optional.of(WRONG), signer("I owe you 100"));
    }

    private List<String> notices() throws Exception {
        return bob.messages().messages(Messages.Query.ALL).stream()
                .filter(Messages.Message::notice)
                .map(message -> message.text().orElseThrow())
                .toList();
    }

    /** Each member can: all know the keys of a chain whose opener they have read. */
    @Test
    void aSignedMessageWhosePlaceAnotherMemberTookIsReportedOnce() throws Exception {
        mallory.sendOnChain(seed, 0, mallory.text("nothing"), Insider.XCHACHA);
        mallory.sendOnChain(seed, 1, mallory.text("nothing more"), Insider.XCHACHA);
        TestServer.await("nothing", () -> bob.received().contains("nothing more"));
        mallory.sendSigned(seed, 0, mallory.text("do not pay mallory"), carol);
        TestServer.await("a notice", () -> !notices().isEmpty());
        mallory.sendSigned(seed, 1, mallory.text("do not pay her"), carol);
        mallory.sendOnChain(seed, 2, mallory.text("the end"), Insider.XCHACHA);
        TestServer.await("the end", () -> bob.received().contains("the end"));
        assertEquals(1, notices().size());
        String expected = "a message that carol signed is not shown, because a member of the channel";
        assertTrue(notices().get(0).startsWith(expected), notices()::toString);
        assertFalse(bob.received().contains("do not pay mallory"));
    }

    @Test
    void whatNobodySignedIsReplacedWithoutANotice() throws Exception {
        mallory.sendSigned(seed, 0, mallory.text("I owe you"), carol);
        mallory.sendOnChain(seed, 0, mallory.text("I owe nobody"), Insider.XCHACHA);
        mallory.sendSigned(seed, 0, mallory.text("I owe you nothing"), carol);
        mallory.sendOnChain(seed, 1, mallory.text("the end"), Insider.XCHACHA);
        TestServer.await("the end", () -> bob.received().contains("the end"));
        assertEquals(List.of(), notices());
    }
}
