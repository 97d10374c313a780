package org.partyline.messaging.conversation;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.engine.NoSuchThingException;

/** The channels and contacts of an open store. Guarded by the state lock; wiped by {@link #close()}. */
public final class ConversationTable implements AutoCloseable {
    private final Map<Integer, ChannelMembership> members = new TreeMap<>();
    private final Map<Integer, ContactConversation> contacts = new TreeMap<>();
    private boolean open;

    /** Accepts conversations from now on, until they are wiped. */
    public void begin() {
        open = true;
    }

    /** A membership in a channel; null if there is none of that number. */
    public @Nullable ChannelMembership member(int id) {
        return members.get(id);
    }

    /** A persona's channel by name. */
    public ChannelMembership member(PersonaRecord persona, String channel) throws NoSuchThingException {
        String wanted = Normalizer.normalize(channel, Normalizer.Form.NFC);
        return members.values().stream()
                .filter(m -> m.entry.persona() == persona.id() && m.entry.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new NoSuchThingException("persona '" + persona.name() + "' is not in a channel '"
                        + channel + "': see partyline:channel-list"));
    }

    public List<ChannelMembership> members() {
        return List.copyOf(members.values());
    }

    /** Adds a membership in a channel; after {@link #close} its keys are wiped at once. */
    public void add(ChannelMembership member) {
        if (!open) {
            member.close();
            return;
        }
        members.put(member.id(), member);
    }

    /** Removes a membership in a channel, and wipes its keys. */
    public void remove(ChannelMembership member) {
        members.remove(member.id());
        member.close();
    }

    /** A contact; null if there is none of that number. */
    public @Nullable ContactConversation contact(int id) {
        return contacts.get(id);
    }

    /** A persona's contact by name. */
    public ContactConversation contact(PersonaRecord persona, String name) throws NoSuchThingException {
        return contacts.values().stream()
                .filter(c -> c.persona() == persona.id() && c.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchThingException(
                        "persona '" + persona.name() + "' has no contact '" + name + "': see partyline:contact-list"));
    }

    public List<ContactConversation> contacts() {
        return List.copyOf(contacts.values());
    }

    /** Adds a contact; after {@link #close} its secret is wiped at once. */
    public void add(ContactConversation contact) {
        if (!open) {
            wipe(contact);
            return;
        }
        contacts.put(contact.id(), contact);
    }

    public void remove(ContactConversation contact) {
        contacts.remove(contact.id());
    }

    /** A membership, a contact, or the conversation of decoys; null if there is none of that number. */
    public @Nullable Conversation find(int id) {
        if (CoverConversation.is(id)) {
            return CoverConversation.of(id);
        }
        ChannelMembership member = members.get(id);
        return member != null ? member : contacts.get(id);
    }

    /** The networks of a persona's channels and contacts. */
    public Set<Network> networks(int persona) {
        Set<Network> networks = EnumSet.noneOf(Network.class);
        members.values().stream()
                .filter(member -> member.persona() == persona)
                .forEach(member -> networks.add(member.network()));
        contacts.values().stream()
                .filter(contact -> contact.persona() == persona)
                .forEach(contact -> networks.add(contact.network()));
        return networks;
    }

    private static void wipe(ContactConversation contact) {
        if (contact.entry.inboxSecret() != null) {
            Arrays.fill(contact.entry.inboxSecret(), (byte) 0);
        }
    }

    @Override
    public void close() {
        open = false;
        members.values().forEach(ChannelMembership::close);
        contacts.values().forEach(ConversationTable::wipe);
        contacts.clear();
        members.clear();
    }
}
