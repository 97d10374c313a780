package org.partyline.engine;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Personas;
import org.partyline.api.packet.NewChain;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;

/** The faces of this server. */
final class PersonaService implements Personas {
    private final Core core;

    PersonaService(Core core) {
        this.core = core;
    }

    private static Persona view(Records.Persona persona) {
        return new Persona(persona.id(), persona.name(), persona.account(), persona.current());
    }

    @Override
    public List<Persona> list() throws PartylineException {
        return core.open(memory -> core.store.transact(
                tx -> all(tx).stream().map(PersonaService::view).toList()));
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
        return core.<Persona, PartylineException>open(
                memory -> core.store.<Persona, PartylineException>transact(tx -> view(Core.persona(tx, name))));
    }

    @Override
    public Persona create(String name) throws PartylineException {
        check(name);
        return core.<Persona, PartylineException>open(memory -> {
            Records.Persona made = core.store.<Records.Persona, PartylineException>transact(tx -> {
                refuseTaken(tx, name);
                Records.Persona persona = new Records.Persona((int) Core.next(tx, "persona"), name, false);
                put(tx, persona);
                return persona;
            });
            memory.setPersonaName(made.id(), made.name());
            return view(made);
        });
    }

    @Override
    public Persona use(String name) throws PartylineException {
        return core.<Persona, PartylineException>open(memory -> core.store.<Persona, PartylineException>transact(tx -> {
            Records.Persona wanted = Core.persona(tx, Optional.of(name));
            for (Records.Persona persona : all(tx)) {
                put(tx, new Records.Persona(persona.id(), persona.name(), persona.id() == wanted.id()));
            }
            return view(new Records.Persona(wanted.id(), wanted.name(), true));
        }));
    }

    @Override
    public Persona rename(String name, String newName) throws PartylineException {
        check(newName);
        return core.<Persona, PartylineException>open(memory -> {
            Records.Persona renamed = core.store.<Records.Persona, PartylineException>transact(tx -> {
                Records.Persona persona = Core.persona(tx, Optional.of(name));
                if (!name.equals(newName)) {
                    refuseTaken(tx, newName);
                }
                Records.Persona after = new Records.Persona(persona.id(), newName, persona.current());
                put(tx, after);
                return after;
            });
            memory.setPersonaName(renamed.id(), renamed.name());
            return view(renamed);
        });
    }

    private static void check(String name) throws NoSuchThingException {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1
                || length > NewChain.MAX_NICKNAME
                || name.isBlank()
                || name.codePoints().anyMatch(Character::isISOControl)) {
            throw new NoSuchThingException(
                    "a persona's name has 1 to 32 bytes of UTF-8 and no control characters: take another one");
        }
    }

    private static void refuseTaken(StoreTransaction tx, String name) throws PartylineException {
        for (Records.Persona persona : all(tx)) {
            if (persona.name().equals(name)) {
                throw new NoSuchThingException("there is a persona '" + name + "' already: take another name");
            }
        }
    }

    private static List<Records.Persona> all(StoreTransaction tx) throws StoreException {
        return Core.all(tx, Records.PERSONAS, Records.Persona.class);
    }

    private static void put(StoreTransaction tx, Records.Persona persona) throws StoreException {
        tx.put(Records.PERSONAS, Records.key(persona.id()), Records.ALL, Cbor.write(persona), null);
    }
}
