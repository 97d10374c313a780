package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.TxId;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.SendChain;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainRecordBuilder;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.store.Tables;

/** Chains whose keys others have, too: that of an expected answer, and our own on a copy of our files. */
class SharedKeysTest {
    private final ReceiveBench bench = new ReceiveBench();
    private final Neighbours neighbours = new Neighbours(bench.stage);
    private ContactConversation bob;

    @BeforeEach
    void aContact() throws Exception {
        bob = bench.stage.know("bob", bench.stage.identities.generate(bench.stage.random));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static SecretBytes key() {
        return SecretBytes.copyOf(new byte[32]);
    }

    /** Returns a packet by the owner of the chain's key at a position of it. */
    private byte[] packet(int position, Content content) {
        try (SecretBytes key = key();
                SendChain chain = bench.stage.chains.sendSession(key, bench.clock.instant())) {
            for (int i = 0; i < position; i++) {
                chain.step().secret().close();
            }
            SendChain.Step step = chain.step();
            try (SecretBytes secret = step.secret()) {
                return bench.stage.codec.seal(
                        content,
                        new PacketKey(secret, PacketLabel.REPLY, step.locator(), Network.REGTEST),
                        Speaker.XCHACHA,
                        Packets.BUCKETS.stream()
                                .filter(size -> Packets.capacity(size, Packets.CHAIN_LOCATOR)
                                        >= bench.stage.codec.length(content))
                                .findFirst()
                                .orElseThrow());
            }
        }
    }

    private Content said(PacketType type, byte[] body) {
        return Content.of(type, bench.clock.instant(), body);
    }

    /** Makes Alice wait for Bob's answer, on a chain whose key is in her handshake. */
    private void awaitAnswer() throws Exception {
        follow(ChainKind.REPLY, null);
    }

    /** Makes her follow that chain. @param answer hash of the packet that is known to have answered; null for none */
    private void follow(ChainKind kind, byte[] answer) throws Exception {
        try (SecretBytes key = key()) {
            byte[] name = bench.stage.chains.sessionId(key);
            ReceiveChain chain = bench.stage.chains.receive(key, bench.clock.instant());
            bench.stage.guard.open(() -> {
                ReceiveChainRecord entry = bench.stage.guard.transact(tx -> {
                    ReceiveChainRecord made = ReceiveChainRecordBuilder.builder()
                            .number((int) Tables.next(tx, "chain"))
                            .membership(bob.id())
                            .kind(kind)
                            .session(name)
                            .suite(AeadId.XCHACHA20_POLY1305.code())
                            .nickname("")
                            .opened(bench.clock.instant().getEpochSecond())
                            .answer(answer)
                            .build();
                    ReceiveChains.putChain(tx, made, chain);
                    return made;
                });
                bench.stage.recognition.chains.follow(new ReceiveChainState(entry, chain));
                return null;
            });
        }
    }

    @Test
    void whoReadAHandshakePutsNoWordsWhereItsAnswerBelongs() throws Exception {
        awaitAnswer();
        for (int position = 0; position < 3; position++) {
            bench.hear(packet(position, said(PacketType.TEXT, "send the money".getBytes(StandardCharsets.UTF_8))));
        }
        assertEquals(List.of(), bench.texts());
        assertEquals(List.of("isAnswer", "isAnswer", "isAnswer"), neighbours.called);
    }

    @Test
    void whatIsNotTheAnswerUsesNothingUp() throws Exception {
        awaitAnswer();
        neighbours.answer = new byte[] {1};
        byte[] wrong = packet(0, said(PacketType.HANDSHAKE_RESP, new byte[] {2}));
        bench.hear(wrong);
        assertEquals(List.of("isAnswer"), neighbours.called);
        assertTrue(bench.stage.recognition.packets.wasHandled(id(wrong)));
        bench.hear(packet(0, said(PacketType.HANDSHAKE_RESP, neighbours.answer)));
        assertEquals(List.of("isAnswer", "isAnswer", "resp"), neighbours.called);
    }

    /** A copy of our server has used the key: no other key of the session is used. */
    @Test
    void aPacketOfOursThatWeHaveNotMadeIsToldToWhoKeepsTheSession() throws Exception {
        byte[] packet = packet(0, said(PacketType.TEXT, new byte[] {'x'}));
        bench.stage.guard.open(() -> {
            bench.stage.recognition.own.expect(bob.id(), List.of(Packets.hint(packet)));
            return null;
        });
        bench.hear(packet);
        assertEquals(List.of("doubled"), neighbours.called);
    }

    private PacketId id(byte[] packet) {
        return PacketId.of(Network.REGTEST.code(), packet);
    }

    private Content answer() {
        return said(PacketType.HANDSHAKE_RESP, new byte[] {1});
    }

    @Test
    void theAnswerThatIsKnownIsNotReadAgain() throws Exception {
        byte[] packet = packet(0, answer());
        follow(ChainKind.REPLY, id(packet).hash());
        bench.hear(packet);
        assertEquals(List.of(), neighbours.called);
        assertTrue(bench.stage.recognition.packets.wasOpened(id(packet)));
    }

    /** Both of two servers with the same keys were asked: one of them has answered. */
    @Test
    void anAnswerThatACopyOfThisServerGaveIsReportedOnce() throws Exception {
        follow(ChainKind.ANSWERED, null);
        bench.hear(packet(0, said(PacketType.TEXT, new byte[] {'x'})));
        assertEquals(List.of(), neighbours.called, "it is no answer");
        byte[] packet = packet(0, answer());
        bench.hear(packet);
        assertEquals(List.of("answeredByCopy"), neighbours.called);
        assertEquals(2, bench.unmatched(), "another persona may be waiting for it");
        bench.hear(packet(0, said(PacketType.HANDSHAKE_RESP, new byte[] {3})));
        assertEquals(List.of("answeredByCopy"), neighbours.called, "its position is used");
        bench.restart();
        bench.hear(packet);
        assertEquals(List.of("answeredByCopy"), neighbours.called);
        bench.hear(packet(1, answer()));
        assertEquals(List.of("answeredByCopy", "answeredByCopy"), neighbours.called, "its next positions are read");
    }

    @Test
    void anAnswerOfOursIsNoCopys() throws Exception {
        byte[] known = packet(0, answer());
        follow(ChainKind.ANSWERED, id(known).hash());
        byte[] sent = packet(1, answer());
        bench.stage.guard.open(() -> {
            bench.stage.recognition.packets.addSent(id(sent), new PacketIndex.Sent(1, 0));
            return null;
        });
        bench.hear(known, sent);
        assertEquals(List.of(), neighbours.called);
    }

    @Test
    void packetsOnThatChainOfAnotherNetworkAreNotOurs() throws Exception {
        awaitAnswer();
        byte[] packet = packet(0, answer());
        neighbours.answer = new byte[] {1};
        bench.queue.payload(
                "a",
                Network.SIGNET,
                packet,
                TxId.ofBytes(new byte[TxId.LENGTH]),
                Optional.empty(),
                bench.clock.instant());
        bench.settle();
        assertEquals(List.of(), neighbours.called);
        bench.hear(packet);
        assertEquals(List.of("isAnswer", "resp"), neighbours.called);
    }

    @Test
    void onlyWhoKeepsThatSessionIsToldOfAPacketThatAnotherHasMade() throws Exception {
        byte[] packet = packet(0, said(PacketType.TEXT, new byte[] {'x'}));
        bench.stage.guard.open(() -> {
            bench.stage.recognition.own.expect(bob.id(), List.of(Packets.hint(packet)));
            bench.stage.recognition.packets.addSent(id(packet), new PacketIndex.Sent(1, 0));
            return null;
        });
        bench.hear(packet, packet(1, said(PacketType.TEXT, new byte[] {'x'})));
        assertEquals(List.of(), neighbours.called, "this server has made it");
    }
}
