package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.testkit.messaging.StageBench;

/** Tests which carriers a message may name to a contact that has an account of its own. */
class OwnAccountTest {
    private final StageBench bench = new StageBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void aCarrierOfThePersonasIsRefused() throws Exception {
        // It is only asked whether a carrier is known.
        bench.put(Carriers.class, (Carriers) Proxy.newProxyInstance(
                Carriers.class.getClassLoader(), new Class<?>[] {Carriers.class}, (self, method, arguments) -> null));
        Messages messages = StageBench.offered(bench.add(MessagesStage::new), Messages.class);
        ContactConversation bob = bench.know("bob", bench.identities.generate(bench.random));
        bob.entry = bob.entry.withAccount("apart", 2);
        NoSuchThingException refusal = assertThrows(
                NoSuchThingException.class,
                () -> messages.send(new Messages.Send(
                        Optional.empty(),
                        true,
                        "bob",
                        "roll",
                        Optional.empty(),
                        false,
                        false,
                        Optional.empty(),
                        Optional.of(Carrier.ROLLING))));
        assertTrue(refusal.getMessage().contains("its own account"), refusal.getMessage());
        assertEquals(List.of(), bench.allOutgoing());
        bench.settings.carrier("rolling");
        messages.send(new Messages.Send(Optional.empty(), true, "bob", "hello", Optional.empty(), false, false));
        assertEquals("confirm", bench.allOutgoing().get(0).carrier());
    }
}
