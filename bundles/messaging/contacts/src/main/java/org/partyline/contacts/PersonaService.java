package org.partyline.contacts;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.VisibleText;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Personas;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.NewChain;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaKeys;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.mailbox.ConversationEraser;
import org.partyline.messaging.mailbox.MessageAbandoned;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.personas.PersonaKeyRecords;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.personas.PersonaRecords;
import org.partyline.messaging.recognition.ConversationRegistry;
import org.partyline.messaging.sessions.ContactEntries;
import org.partyline.messaging.sessions.Rotation;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.ChosenNetwork;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Manages the personas of this server. */
public final class PersonaService implements Personas {
    private final StateGuard guard;
    private final People people;
    private final ConversationRegistry registry;
    private final NodeDirectory nodes;
    private final Identities identities;
    private final Notices notices;
    private final PersonaKeyStore personaKeyStore;
    private final Rotation rotation;

    public PersonaService(
            StateGuard guard,
            ConversationRegistry registry,
            NodeDirectory nodes,
            Identities identities,
            Notices notices,
            PersonaKeyStore personaKeyStore,
            Rotation rotation) {
        this.guard = guard;
        this.people = guard.people();
        this.registry = registry;
        this.nodes = nodes;
        this.identities = identities;
        this.notices = notices;
        this.personaKeyStore = personaKeyStore;
        this.rotation = rotation;
    }

    private Persona view(PersonaRecord persona) {
        PersonaKeys personaKeys = people.personas.require(persona.id());
        return new Persona(
                persona.id(),
                persona.name(),
                persona.account(),
                persona.current(),
                HexFormat.of().formatHex(personaKeys.keys.identity().senderId()),
                Instant.ofEpochMilli(personaKeys.since),
                personaKeys.messages);
    }

    @Override
    public List<Persona> list() throws PartylineException {
        return guard.open(() -> guard.transact(
                tx -> all(tx).stream().map(persona -> view(persona)).toList()));
    }

    @Override
    public Persona current() throws PartylineException {
        return find(Optional.empty());
    }

    @Override
    public Persona get(String name) throws PartylineException {
        return find(Optional.of(name));
    }

    private Persona find(Optional<String> name) throws PartylineException {
        return guard.<Persona, PartylineException>open(
                () -> guard.<Persona, PartylineException>transact(tx -> view(PersonaRecord.named(tx, name))));
    }

    @Override
    public Persona create(String name) throws PartylineException {
        check(name);
        return guard.<Persona, PartylineException>open(() -> {
            record Made(PersonaRecord persona, PersonaKeys personaKeys) {}
            Made made = guard.<Made, PartylineException>transact(tx -> {
                refuseTaken(tx, name);
                PersonaRecord persona = new PersonaRecord((int) Tables.next(tx, "persona"), name, false);
                put(tx, persona);
                PersonaKeys personaKeys = personaKeyStore.fresh(persona.id());
                PersonaKeyRecords.put(tx, personaKeys);
                return new Made(persona, personaKeys);
            });
            people.personas.setName(made.persona().id(), name);
            personaKeyStore.put(made.personaKeys());
            personaKeyStore.expectInboxes();
            return view(made.persona());
        });
    }

    @Override
    public Persona use(String name) throws PartylineException {
        return guard.<Persona, PartylineException>open(() -> guard.<Persona, PartylineException>transact(tx -> {
            PersonaRecord wanted = PersonaRecord.named(tx, Optional.of(name));
            for (PersonaRecord persona : all(tx)) {
                put(tx, new PersonaRecord(persona.id(), persona.name(), persona.id() == wanted.id()));
            }
            return view(new PersonaRecord(wanted.id(), wanted.name(), true));
        }));
    }

    @Override
    public Persona rename(String name, String newName) throws PartylineException {
        check(newName);
        return guard.<Persona, PartylineException>open(() -> {
            PersonaRecord renamed = guard.<PersonaRecord, PartylineException>transact(tx -> {
                PersonaRecord persona = PersonaRecord.named(tx, Optional.of(name));
                if (!name.equals(newName)) {
                    refuseTaken(tx, newName);
                }
                PersonaRecord after = new PersonaRecord(persona.id(), newName, persona.current());
                put(tx, after);
                return after;
            });
            people.personas.setName(renamed.id(), renamed.name());
            return view(renamed);
        });
    }

    @Override
    public String card(Optional<String> name, Optional<Network> wanted) throws PartylineException {
        Network network = ChosenNetwork.of(nodes, wanted);
        return guard.<String, PartylineException>open(() -> {
            PersonaRecord persona =
                    guard.<PersonaRecord, PartylineException>transact(tx -> PersonaRecord.named(tx, name));
            PersonaKeys personaKeys = people.personas.require(persona.id());
            if (personaKeyStore.expect(personaKeys, network)) {
                notices.bus().publish(new Bus.Expected());
            }
            return identities.encode(new ContactCard(
                    network,
                    personaKeys.keys.identity(),
                    personaKeys.keys.inboxSecret().expose().clone(),
                    persona.name()));
        });
    }

    @Override
    public Rotated rotate(Optional<String> name, boolean compromised) throws PartylineException {
        Rotated rotated = guard.<Rotated, PartylineException>open(() -> {
            PersonaRecord persona =
                    guard.<PersonaRecord, PartylineException>transact(tx -> PersonaRecord.named(tx, name));
            Rotation.Told told = rotation.rotate(persona.id(), compromised);
            return new Rotated(view(persona), told.told(), told.untold());
        });
        notices.security()
                .record(
                        compromised ? "persona-compromised" : "persona-rotated",
                        compromised
                                ? "a persona's keys may be known to others and were replaced"
                                : "a persona has new keys");
        return rotated;
    }

    @Override
    public void delete(String name) throws PartylineException {
        List<OutgoingMessage> unsent = guard.<List<OutgoingMessage>, PartylineException>open(() -> {
            int id = guard.<Integer, PartylineException>transact(tx -> {
                if (all(tx).size() == 1) {
                    throw new NoSuchThingException(
                            "'" + name + "' is the only persona: create another one first (partyline:persona-create)");
                }
                return PersonaRecord.named(tx, Optional.of(name)).id();
            });
            List<ChannelMembership> members = people.conversations.members().stream()
                    .filter(m -> m.persona() == id)
                    .toList();
            List<ContactConversation> contacts = people.conversations.contacts().stream()
                    .filter(c -> c.persona() == id)
                    .toList();
            List<OutgoingMessage> outgoing = guard.transact(tx -> {
                List<OutgoingMessage> gone = OutgoingRecords.all(tx).stream()
                        .filter(message -> {
                            Conversation conversation = people.conversations.find(message.membership());
                            return conversation != null && conversation.persona() == id;
                        })
                        .toList();
                for (ChannelMembership member : members) {
                    ConversationEraser.erase(tx, member.id());
                    tx.delete(MembershipRecord.TABLE, Keys.of(member.id()));
                }
                for (ContactConversation contact : contacts) {
                    ContactEntries.erase(tx, contact.id());
                }
                PersonaRecords.erase(tx, id);
                PersonaRecords.makeOneCurrent(tx);
                return gone;
            });
            outgoing.forEach(message -> registry.removeSent(message.id()));
            for (ChannelMembership member : members) {
                registry.remove(member);
                notices.bus().publish(new Bus.ChannelLeft(member.network()));
            }
            contacts.forEach(registry::remove);
            personaKeyStore.remove(id);
            return outgoing;
        });
        unsent.forEach(message -> notices.bus().publish(new MessageAbandoned(message)));
        notices.security().record("persona-deleted", "a persona and its keys were erased");
    }

    private static void check(String name) throws NoSuchThingException {
        if (!VisibleText.isName(name, NewChain.MAX_NICKNAME)) {
            throw new NoSuchThingException(
                    "a persona's name must have 1 to 32 bytes of UTF-8, without control or invisible characters "
                            + "or surrounding spaces: choose another one");
        }
    }

    private static void refuseTaken(StoreTransaction tx, String name) throws PartylineException {
        for (PersonaRecord persona : all(tx)) {
            if (persona.name().equals(name)) {
                throw new NoSuchThingException("a persona named '" + name + "' already exists: choose another name");
            }
        }
    }

    private static List<PersonaRecord> all(StoreTransaction tx) throws StoreException {
        return Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class);
    }

    private static void put(StoreTransaction tx, PersonaRecord persona) throws StoreException {
        tx.put(PersonaRecord.TABLE, Keys.of(persona.id()), Keys.ALL, Cbor.write(persona), null);
    }
}
