package org.partyline.messaging.conversation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.NoSuchThingException;

/** The personas of an open store, and their keys. Guarded by the state lock; wiped by {@link #close()}. */
public final class PersonaTable implements AutoCloseable {
    private final Map<Integer, String> names = new HashMap<>();
    private final Map<Integer, PersonaKeys> keys = new TreeMap<>();
    private boolean open;

    /** Accepts keys from now on, until they are wiped. */
    public void begin() {
        open = true;
    }

    /** Sets a persona's name; does nothing after {@link #close}. */
    public void setName(int persona, String name) {
        if (open) {
            names.put(persona, name);
        }
    }

    public String name(int persona) {
        return names.getOrDefault(persona, "");
    }

    /** A persona's keys; null if there are none. */
    public @Nullable PersonaKeys keys(int persona) {
        return keys.get(persona);
    }

    /** A persona's keys. @throws IllegalStateException if there are none: it was deleted meanwhile */
    public PersonaKeys require(int persona) {
        PersonaKeys of = keys.get(persona);
        if (of == null) {
            throw new IllegalStateException("persona " + persona + " has no keys: it was deleted");
        }
        return of;
    }

    /** Whether a persona only reads, because its original is in use elsewhere. */
    public boolean isCopy(int persona) {
        PersonaKeys of = keys.get(persona);
        return of != null && of.copy;
    }

    /** Refuses what a read-only persona must not do. @throws NoSuchThingException if it is read-only */
    public void requireWriting(int persona) throws NoSuchThingException {
        if (isCopy(persona)) {
            throw new NoSuchThingException(readsOnly(persona));
        }
    }

    /** Why a persona sends nothing, and what to do. */
    public String readsOnly(int persona) {
        return "persona '" + name(persona) + "' only reads, because it was restored while its original is in use:"
                + " run partyline:restore-takeover when the original is gone";
    }

    /** The keys of all personas. */
    public List<PersonaKeys> keys() {
        return List.copyOf(keys.values());
    }

    /** Replaces a persona's keys, and wipes the previous ones. After {@link #close} they are wiped at once. */
    public void put(PersonaKeys personaKeys) {
        if (!open) {
            personaKeys.close();
            return;
        }
        remove(personaKeys.persona);
        keys.put(personaKeys.persona, personaKeys);
    }

    /** Wipes a persona's keys. */
    public void remove(int persona) {
        PersonaKeys before = keys.remove(persona);
        if (before != null) {
            before.close();
        }
    }

    @Override
    public void close() {
        open = false;
        keys.values().forEach(PersonaKeys::close);
        keys.clear();
        names.clear();
    }
}
