package org.partyline.contacts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Wallets;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.messaging.conversation.AccountRecord;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.personas.Accounts;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Tables;

/** Shows the coins of each persona. */
public final class WalletService implements Wallets {
    private final StateGuard guard;
    private final NodeDirectory nodes;

    public WalletService(StateGuard guard, NodeDirectory nodes) {
        this.guard = guard;
        this.nodes = nodes;
    }

    @Override
    public List<String> accounts() throws PartylineException {
        return owned().stream().map(Owned::account).toList();
    }

    @Override
    public List<Holding> list() throws PartylineException {
        List<Holding> all = new ArrayList<>();
        for (Owned owned : owned()) {
            for (Wallet wallet : nodes.wallets()) {
                all.add(holding(owned, wallet));
            }
        }
        return all;
    }

    private List<Owned> owned() throws PartylineException {
        return guard.open(() -> guard.transact(tx -> {
            List<Owned> owned = new ArrayList<>();
            for (PersonaRecord persona : Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class)) {
                owned.add(new Owned(persona.name(), "", persona.account()));
                for (AccountRecord account : Accounts.of(tx, persona.id())) {
                    owned.add(new Owned(persona.name(), account.name(), account.wallets()));
                }
            }
            return owned;
        }));
    }

    /**
     * An account of a persona.
     *
     * @param name an account for some contacts; empty: the persona's own @param account its name in the wallets
     */
    private record Owned(String persona, String name, String account) {}

    private static Holding holding(Owned owned, Wallet wallet) {
        try {
            return new Holding(
                    owned.persona(),
                    wallet.name(),
                    wallet.network(),
                    Optional.of(wallet.status(owned.account())),
                    "",
                    owned.name());
        } catch (NodeUnavailableException | WalletException e) {
            return new Holding(
                    owned.persona(), wallet.name(), wallet.network(), Optional.empty(), e.getMessage(), owned.name());
        }
    }

    @Override
    public Address freshAddress(Optional<String> persona, Optional<String> wallet, Optional<String> account)
            throws PartylineException {
        Owned whose = guard.<Owned, PartylineException>open(() -> guard.<Owned, PartylineException>transact(tx -> {
            PersonaRecord who = PersonaRecord.named(tx, persona);
            if (account.isEmpty()) {
                return new Owned(who.name(), "", who.account());
            }
            AccountRecord its = Accounts.find(tx, who.id(), account.get())
                    .orElseThrow(() -> new NoSuchThingException("persona '" + who.name() + "' has no account '"
                            + account.get() + "': create one with partyline:contact-set --account"));
            return new Owned(who.name(), its.name(), its.wallets());
        }));
        Wallet chosen = choose(wallet);
        return new Address(
                chosen.freshAddress(whose.account()), chosen.name(), chosen.network(), whose.persona(), whose.name());
    }

    private Wallet choose(Optional<String> name) throws NoSuchThingException {
        List<Wallet> wallets = nodes.wallets();
        if (name.isPresent()) {
            return wallets.stream()
                    .filter(wallet -> wallet.name().equals(name.get()))
                    .findFirst()
                    .orElseThrow(() -> new NoSuchThingException(
                            "there is no wallet '" + name.get() + "': see partyline:wallet-status"));
        }
        if (wallets.size() == 1) {
            return wallets.get(0);
        }
        throw new NoSuchThingException(
                wallets.isEmpty()
                        ? "there is no wallet: give a node one (partyline:node-add --wallet)"
                        : "there are several wallets: name one with --wallet");
    }
}
