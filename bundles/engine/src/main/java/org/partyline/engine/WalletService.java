package org.partyline.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Wallets;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;

/** The coins of each persona. */
final class WalletService implements Wallets {
    private final Core core;

    WalletService(Core core) {
        this.core = core;
    }

    @Override
    public List<Holding> list() throws PartylineException {
        List<Records.Persona> personas =
                core.open(memory -> core.store.transact(tx -> Core.all(tx, Records.PERSONAS, Records.Persona.class)));
        List<Holding> all = new ArrayList<>();
        for (Records.Persona persona : personas) {
            for (Wallet wallet : core.nodes.wallets()) {
                all.add(holding(persona, wallet));
            }
        }
        return all;
    }

    private static Holding holding(Records.Persona persona, Wallet wallet) {
        try {
            return new Holding(
                    persona.name(), wallet.name(), wallet.network(), Optional.of(wallet.status(persona.account())), "");
        } catch (NodeUnavailableException | WalletException e) {
            return new Holding(persona.name(), wallet.name(), wallet.network(), Optional.empty(), e.getMessage());
        }
    }

    @Override
    public Address freshAddress(Optional<String> persona, Optional<String> wallet) throws PartylineException {
        Records.Persona who = core.<Records.Persona, PartylineException>open(
                memory -> core.store.<Records.Persona, PartylineException>transact(tx -> Core.persona(tx, persona)));
        Wallet chosen = choose(wallet);
        return new Address(chosen.freshAddress(who.account()), chosen.name(), chosen.network(), who.name());
    }

    private Wallet choose(Optional<String> name) throws NoSuchThingException {
        List<Wallet> wallets = core.nodes.wallets();
        if (name.isPresent()) {
            return wallets.stream()
                    .filter(wallet -> wallet.name().equals(name.get()))
                    .findFirst()
                    .orElseThrow(() -> new NoSuchThingException(
                            "there is no wallet '" + name.get() + "': partyline:wallet-status shows them"));
        }
        if (wallets.size() == 1) {
            return wallets.get(0);
        }
        throw new NoSuchThingException(
                wallets.isEmpty()
                        ? "there is no wallet: give a node one (partyline:node-add --wallet)"
                        : "there are several wallets: say which one with --wallet");
    }
}
