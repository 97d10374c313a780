package org.partyline.chat.live;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Sessions;
import org.partyline.chat.model.Attention;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.Talk;
import org.partyline.chat.model.Trust;
import org.partyline.chat.text.Words;
import org.partyline.consoleline.Lookalikes;

/** Lists a persona's conversations and the names in them. */
final class Lister {
    private final Services services;
    private final Words words;

    Lister(Services services, Words words) {
        this.services = services;
        this.words = words;
    }

    /** Returns them sorted by their latest message, newest first. */
    List<Talk> talks(String persona) throws PartylineException {
        List<Talk> talks = new ArrayList<>();
        for (Channels.Channel channel : channels(persona)) {
            talks.add(new Talk(
                    new ConversationAddress(false, channel.name()),
                    words.line(channel.name()),
                    channel.network().label() + (channel.mode() == Channels.Mode.OPEN ? " · open" : ""),
                    Trust.NONE,
                    channel.unread(),
                    attention(persona, new ConversationAddress(false, channel.name()), channel.unread()),
                    channel.lastMessage(),
                    channel.carrier().map(Messages.Carrier::id).orElse("")));
        }
        List<Contacts.Contact> contacts = contacts(persona);
        List<String> names = names(persona, contacts);
        for (Contacts.Contact contact : contacts) {
            talks.add(new Talk(
                    new ConversationAddress(true, contact.name()),
                    words.line(contact.name()),
                    contact.network().label() + session(contact),
                    trust(contact, names),
                    contact.unread(),
                    attention(persona, new ConversationAddress(true, contact.name()), contact.unread()),
                    contact.lastMessage(),
                    ""));
        }
        talks.sort(Comparator.comparing((Talk talk) -> talk.last().orElse(Instant.EPOCH))
                .reversed()
                .thenComparing(Talk::shown));
        return talks;
    }

    /** Requested only if there are new messages, since it reads all stored ones. */
    private Attention attention(String persona, ConversationAddress place, int unread) throws PartylineException {
        Optional<Conversations> conversations = services.conversations();
        if (unread == 0 || conversations.isEmpty()) {
            return Attention.USUAL;
        }
        Conversations.Conversation one = conversations.get().get(in(persona, place));
        return one.muted() ? Attention.MUTED : one.mentions() > 0 ? Attention.MENTIONED : Attention.USUAL;
    }

    private static Conversations.Place in(String persona, ConversationAddress place) {
        return new Conversations.Place(Optional.of(persona), place.direct(), place.name());
    }

    /** Returns whether the conversation is muted. */
    boolean isMuted(String persona, ConversationAddress place) throws PartylineException {
        Optional<Conversations> conversations = services.conversations();
        return conversations.isPresent()
                && conversations.get().get(in(persona, place)).muted();
    }

    /** Returns the conversation's network; empty if there is no such conversation. */
    Optional<Network> network(String persona, ConversationAddress place) throws PartylineException {
        return place.direct()
                ? contacts(persona).stream()
                        .filter(contact -> contact.name().equals(place.name()))
                        .map(Contacts.Contact::network)
                        .findFirst()
                : channels(persona).stream()
                        .filter(channel -> channel.name().equals(place.name()))
                        .map(Channels.Channel::network)
                        .findFirst();
    }

    private static String session(Contacts.Contact contact) {
        return switch (contact.session()) {
            case OPEN -> protection(contact.protection());
            case OPENING -> " · the session is being opened";
            case NONE, CLOSED -> " · no session yet: the first message opens one";
        };
    }

    /** Describes whether a future quantum computer could read the session from a recording made today. */
    private static String protection(Sessions.Protection protection) {
        if (protection.since().isPresent()) {
            return " · protected since "
                    + LocalDate.ofInstant(protection.since().get(), ZoneOffset.UTC);
        }
        return protection.isUnderWay()
                ? " · key exchange: " + protection.done() + " of " + protection.packets() + " packets"
                : " · not protected";
    }

    private static Trust trust(Contacts.Contact contact, List<String> names) {
        return switch (contact.trust()) {
            case VERIFIED -> Trust.VERIFIED;
            case ROTATED -> Trust.ROTATED;
            case UNVERIFIED -> Lookalikes.isSuspect(contact.name(), names) ? Trust.LOOKALIKE : Trust.UNVERIFIED;
        };
    }

    /**
     * Returns the persona's names, then those of verified contacts, then the others in the order in which they became
     * known.
     */
    private static List<String> names(String persona, List<Contacts.Contact> contacts) {
        List<String> names = new ArrayList<>();
        names.add(persona);
        contacts.stream()
                .sorted(Comparator.comparing((Contacts.Contact contact) -> contact.trust() != Contacts.Trust.VERIFIED)
                        .thenComparing(Contacts.Contact::added))
                .forEach(contact -> names.add(contact.name()));
        return names;
    }

    /** Returns names that someone may try to imitate in a channel. */
    List<String> names(String persona, ConversationAddress place) throws PartylineException {
        List<String> names = names(persona, contacts(persona));
        channels(persona).stream()
                .filter(channel -> !place.direct() && channel.name().equals(place.name()))
                .forEach(channel -> names.addAll(channel.senders()));
        return names;
    }

    private List<Channels.Channel> channels(String persona) throws PartylineException {
        Optional<Channels> service = services.channels();
        return service.isEmpty() ? List.of() : service.get().list(Optional.of(persona));
    }

    private List<Contacts.Contact> contacts(String persona) throws PartylineException {
        Optional<Contacts> service = services.contacts();
        return service.isEmpty() ? List.of() : service.get().list(Optional.of(persona));
    }
}
