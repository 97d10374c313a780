package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Contacts;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.recognition.PacketIndex;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.AbsentException;
import org.partyline.testkit.messaging.StageBench;

/** A contact is erased with everything that was to be sent to it. */
class ContactRemovalTest {
    @Test
    void aContactIsErasedAlsoWhileNobodyFreesItsCoins() throws Exception {
        try (StageBench bench = new StageBench()) {
            Contacts contacts = StageBench.offered(bench.add(ContactsStage::new), Contacts.class);
            ContactConversation bob = bench.know("bob", bench.identities.generate(bench.random));
            bench.queue(bob, "unsent");
            bench.stop(SendQueue.class);
            contacts.remove(Optional.empty(), "bob");
            assertEquals(List.of(), contacts.listAll());
            assertEquals(List.of(), bench.allOutgoing());
            assertNull(bench.people.conversations.contact(bob.id()));
            assertEquals(List.of("contact-removed"), bench.audited);
        }
    }

    @Test
    void theCoinsOfWhatWasNotSentAreFreed() throws Exception {
        try (StageBench bench = new StageBench()) {
            Contacts contacts = StageBench.offered(bench.add(ContactsStage::new), Contacts.class);
            ContactConversation bob = bench.know("bob", bench.identities.generate(bench.random));
            long unsent = bench.queue(bob, "unsent");
            PacketId packet = PacketId.of(Network.REGTEST.code(), new byte[80]);
            bench.recognition.packets.addSent(packet, new PacketIndex.Sent(unsent, 0));
            contacts.remove(Optional.empty(), "bob");
            assertEquals(List.of(unsent), bench.sendQueue.released);
            assertNull(bench.recognition.packets.sent(packet));
        }
    }

    @Test
    void whatHasLeftIsWatchedLikeDecoys() throws Exception {
        try (StageBench bench = new StageBench()) {
            Contacts contacts = StageBench.offered(bench.add(ContactsStage::new), Contacts.class);
            ContactConversation bob = bench.know("bob", bench.identities.generate(bench.random));
            List<OutgoingMessage> left = List.of(bench.outgoing(bench.queue(bob, "left")));
            List<Object> watched = new ArrayList<>();
            bench.put(Outbox.class, (Outbox) Proxy.newProxyInstance(
                    Outbox.class.getClassLoader(),
                    new Class<?>[] {Outbox.class},
                    (self, method, arguments) -> switch (method.getName()) {
                        case "asDecoys" -> left;
                        case "remember" -> {
                            watched.add(arguments[0]);
                            yield null;
                        }
                        default -> method.invoke(bench.outbox, arguments);
                    }));
            contacts.remove(Optional.empty(), "bob");
            assertEquals(List.of(left), watched);
        }
    }

    @Test
    void nothingIsErasedWithoutWhatKeepsMessages() throws Exception {
        try (StageBench bench = new StageBench()) {
            Contacts contacts = StageBench.offered(bench.add(ContactsStage::new), Contacts.class);
            bench.know("bob", bench.identities.generate(bench.random));
            bench.stop(Outbox.class);
            assertThrows(AbsentException.class, () -> contacts.remove(Optional.empty(), "bob"));
            assertFalse(contacts.listAll().isEmpty());
        }
    }
}
