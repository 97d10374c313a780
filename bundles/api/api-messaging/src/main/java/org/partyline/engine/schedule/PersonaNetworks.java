package org.partyline.engine.schedule;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.engine.conversation.PersonaRecord;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Unlocked;

/** The networks on which a persona talks. */
public final class PersonaNetworks {
    private PersonaNetworks() {}

    /** Where a persona talks: a decoy anywhere else would tell that it is one. */
    public static Set<Network> of(Unlocked memory, int persona) {
        Set<Network> networks = EnumSet.noneOf(Network.class);
        memory.conversations.members().stream()
                .filter(member -> member.persona() == persona)
                .forEach(member -> networks.add(member.network()));
        memory.conversations.contacts().stream()
                .filter(contact -> contact.persona() == persona)
                .forEach(contact -> networks.add(contact.network()));
        return networks;
    }

    /**
     * Refuses to start what could only spend real money before it was said once that this is known.
     *
     * @throws PartylineException says how to say it
     */
    public static void requireAccepted(Core core, Optional<String> persona) throws PartylineException {
        Set<Network> networks = core.<Set<Network>, PartylineException>open(memory -> of(
                memory,
                core.store
                        .<PersonaRecord, PartylineException>transact(tx -> Core.persona(tx, persona))
                        .id()));
        if (networks.equals(Set.of(Network.MAINNET))) {
            core.requireAccepted(Network.MAINNET);
        }
    }
}
