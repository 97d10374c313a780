package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.partyline.api.engine.Contacts;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.WhileAPartIsAway;

/** Lists work whichever other bundle is unavailable. */
class ListedMeanwhileTest {
    @WhileAPartIsAway
    void contactsAreListed(Class<?> part) throws Exception {
        try (StageBench bench = new StageBench()) {
            Contacts contacts = StageBench.offered(bench.add(ContactsStage::new), Contacts.class);
            bench.know("bob", bench.identities.generate(bench.random));
            List<String> before = List.of("bob");
            bench.stop(part);
            assertEquals(
                    before,
                    contacts.listAll().stream().map(Contacts.Contact::name).toList());
        }
    }
}
