package org.partyline.fees;

import java.util.List;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.settings.FeeSettings;
import org.partyline.api.settings.Settings;
import org.partyline.engine.fees.Pricing;
import org.partyline.engine.fees.Spending;
import org.partyline.engine.fees.SpentRecords;
import org.partyline.engine.kernel.Bus;
import org.partyline.engine.kernel.Core;

/** Shows fees and sets caps. */
public final class FeeService implements Fees {
    private static final long MOST = 100_000_000;

    private final Core core;
    private final Pricing policy;
    private final Spending spending;

    public FeeService(Core core, Pricing policy, Spending spending) {
        this.core = core;
        this.policy = policy;
        this.spending = spending;
    }

    @Override
    public List<FeeStatus> status() {
        return policy.status();
    }

    @Override
    public Limits limits() throws PartylineException {
        Settings settings = core.settings.get();
        SpentRecords.Sums sums = core.open(memory -> core.store.transact(tx -> SpentRecords.sums(core.now(), tx, -1)));
        return new Limits(
                settings.fees().capMessage(),
                settings.fees().capHour(),
                sums.hour(),
                settings.fees().capDay(),
                sums.day(),
                settings.fees().band(),
                settings.fees().mainnetAccepted());
    }

    @Override
    public void limit(Cap cap, long satoshi) throws PartylineException {
        if (satoshi < 1 || satoshi > MOST) {
            throw new NoSuchThingException("a cap is 1sat to " + MOST + "sat, not " + satoshi + "sat");
        }
        String key = switch (cap) {
            case MESSAGE -> "fee-cap-message";
            case HOUR -> "fee-cap-hour";
            case DAY -> "fee-cap-day";
        };
        core.settings.set(key, satoshi + "sat");
        core.bus.publish(new Bus.Retry());
    }

    @Override
    public void acceptMainnet() {
        core.settings.set(FeeSettings.MAINNET_ACCEPTED, "true");
        core.bus.publish(new Bus.Retry());
    }
}
