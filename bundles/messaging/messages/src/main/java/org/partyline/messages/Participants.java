package org.partyline.messages;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Conversations.Participant;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.MessageRecord;

/** Lists the senders heard in a channel, from stored messages and chains that are followed. */
final class Participants {
    private final People people;
    private final Map<String, Heard> all = new LinkedHashMap<>();

    Participants(People people) {
        this.people = people;
    }

    private static final class Heard {
        private String nickname = "";
        private Optional<ContactConversation> contact = Optional.empty();
        private int messages;
        private int signed;
        private int chains;
        private long last;
    }

    /** Adds a message of the channel. */
    void message(MessageRecord message) {
        if (message.outgoing() || message.notice()) {
            return;
        }
        Optional<ContactConversation> signer = message.signer() > 0
                ? Optional.ofNullable(people.conversations.contact(message.signer()))
                : Optional.empty();
        Heard heard = all.computeIfAbsent(
                signer.map(contact -> "contact:" + contact.id()).orElse("name:" + message.sender()),
                key -> new Heard());
        heard.contact = signer;
        heard.messages++;
        heard.signed += signer.isPresent() ? 1 : 0;
        if (message.arrived() >= heard.last) {
            heard.last = message.arrived();
            heard.nickname = message.sender();
        }
    }

    /** Adds a chain of the channel. Only the nickname that its sender chose says whose it is. */
    void chain(ReceiveChainState chain) {
        Heard heard = all.computeIfAbsent("name:" + chain.entry.nickname(), key -> new Heard());
        heard.nickname = chain.entry.nickname();
        heard.chains++;
    }

    /** Returns them, the latest sender first. */
    List<Participant> all() {
        List<Heard> sorted = new ArrayList<>(all.values());
        sorted.sort(Comparator.comparingLong((Heard heard) -> heard.last).reversed());
        return sorted.stream()
                .map(heard -> new Participant(
                        heard.nickname,
                        heard.contact.map(ContactConversation::name),
                        heard.contact.map(contact -> Trust.valueOf(contact.entry.trust())),
                        heard.messages,
                        heard.signed,
                        heard.chains,
                        heard.last == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(heard.last))))
                .toList();
    }
}
