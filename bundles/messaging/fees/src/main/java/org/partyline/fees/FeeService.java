package org.partyline.fees;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.settings.FeeSettings;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.Settings;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.SpentRecords;
import org.partyline.messaging.mailbox.ApprovedRecord;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.StateGuard;

/** Shows fees and sets caps. */
public final class FeeService implements Fees {
    private static final long MOST = 100_000_000;

    private final StateGuard guard;
    private final Clock clock;
    private final OperatorSettings settings;
    private final Bus bus;
    private final Pricing policy;

    public FeeService(StateGuard guard, Clock clock, OperatorSettings settings, Bus bus, Pricing policy) {
        this.guard = guard;
        this.clock = clock;
        this.settings = settings;
        this.bus = bus;
        this.policy = policy;
    }

    @Override
    public List<FeeStatus> status() {
        return policy.status();
    }

    @Override
    public List<String> warnings() {
        return policy.warnings();
    }

    @Override
    public Limits limits() throws PartylineException {
        Settings settings = this.settings.get();
        SpentRecords.Sums sums = guard.open(() -> guard.transact(tx -> SpentRecords.sums(clock.instant(), tx, -1)));
        return new Limits(
                settings.fees().capMessage(),
                settings.fees().capHour(),
                sums.hour(),
                settings.fees().capDay(),
                sums.day(),
                sums.outsideDay(),
                settings.fees().band(),
                settings.fees().mainnetAccepted());
    }

    @Override
    public long spent(String persona, Instant since) throws PartylineException {
        return guard.<Long, PartylineException>open(() ->
                guard.<Long, PartylineException>transact(tx -> SpentRecords.since(
                        tx, PersonaRecord.named(tx, Optional.of(persona)).id(), since)));
    }

    @Override
    public void limit(Cap cap, long satoshi) throws PartylineException {
        if (satoshi < 1 || satoshi > MOST) {
            throw new NoSuchThingException("a cap must be 1sat to " + MOST + "sat, not " + satoshi + "sat");
        }
        String key = switch (cap) {
            case MESSAGE -> "fee-cap-message";
            case HOUR -> "fee-cap-hour";
            case DAY -> "fee-cap-day";
        };
        settings.set(key, satoshi + "sat");
        if (cap == Cap.MESSAGE && guard.isOpen()) {
            // Otherwise a message that costs more than was approved would keep its limit.
            guard.perform(() -> guard.update(ApprovedRecord::release));
        }
        bus.publish(new Bus.Retry());
    }

    @Override
    public void acceptMainnet() {
        settings.set(FeeSettings.MAINNET_ACCEPTED, "true");
        bus.publish(new Bus.Retry());
    }
}
