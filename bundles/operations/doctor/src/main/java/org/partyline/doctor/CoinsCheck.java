package org.partyline.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets;
import org.partyline.api.engine.Wallets.Holding;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.store.Store;

/** Checks whether each persona has its own coins. A payment for two personas reveals that they are the same person. */
final class CoinsCheck implements HealthCheck {
    private final DoctorSources sources;

    CoinsCheck(DoctorSources sources) {
        this.sources = sources;
    }

    @Override
    public String name() {
        return "coins";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        if (sources.need(Vault.class).state() != Store.State.OPEN) {
            return List.of();
        }
        List<Finding> all = new ArrayList<>();
        Map<String, Set<String>> walletsOf = new TreeMap<>();
        Map<String, Long> coinsOf = new TreeMap<>();
        Set<String> unknown = new TreeSet<>();
        for (Holding holding : sources.need(Wallets.class).list()) {
            if (!holding.problem().isEmpty()) {
                all.add(Finding.warning(
                        name(),
                        "wallet " + holding.wallet() + " of " + holding.persona() + ": " + holding.problem(),
                        "partyline:wallet-status"));
            }
            long coins = holding.status()
                    .map(status -> status.confirmed() + status.unconfirmed())
                    .orElse(0L);
            if (holding.status().isEmpty()) {
                unknown.add(holding.persona());
            }
            coinsOf.merge(holding.persona(), coins, Long::sum);
            walletsOf.computeIfAbsent(holding.wallet(), none -> new TreeSet<>()).add(holding.persona());
        }
        for (Personas.Persona persona : sources.need(Personas.class).list()) {
            if (coinsOf.getOrDefault(persona.name(), 0L) == 0 && !unknown.contains(persona.name())) {
                all.add(Finding.warning(
                        name(),
                        "persona " + persona.name() + " has no coins: its messages wait",
                        "partyline:wallet-address --persona " + persona.name()));
            }
        }
        walletsOf.forEach((wallet, personas) -> {
            if (personas.size() > 1) {
                all.add(Finding.warning(
                        name(),
                        "wallet " + wallet + " holds the coins of " + personas.size()
                                + " personas, in separate accounts: the operator of its node knows them all",
                        "give a persona its own wallet on its own node"));
            }
        });
        return all.isEmpty() ? List.of(Finding.ok(name(), "each persona has its own coins")) : all;
    }
}
