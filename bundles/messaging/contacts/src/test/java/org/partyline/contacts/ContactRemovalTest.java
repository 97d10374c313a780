package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Contacts;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.delivery.SendQueue;
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
            contacts.remove(Optional.empty(), "bob");
            assertEquals(List.of(unsent), bench.sendQueue.released);
        }
    }
}
