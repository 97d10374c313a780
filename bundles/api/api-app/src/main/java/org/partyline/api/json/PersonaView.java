package org.partyline.api.json;

import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Personas.Persona;

/** A persona as {@code --json} shows it. */
public record PersonaView(
        int id,
        String name,
        @Nullable String account,
        boolean current,
        String senderId,
        String keysSince,
        long messages) {
    /** @param persona as the engine reports it */
    public static PersonaView of(Persona persona) {
        return new PersonaView(
                persona.id(),
                persona.name(),
                JsonValues.orNull(persona.account()),
                persona.current(),
                persona.senderId(),
                JsonValues.iso(persona.keysSince()),
                persona.messages());
    }
}
