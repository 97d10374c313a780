package org.partyline.vault;

import org.osgi.framework.BundleContext;
import org.partyline.messaging.state.StateServices;

/** The vault of a server that a test assembles without a container. */
public final class TestVault {
    /** The component that the test connects with the other stages. */
    public final VaultComponent component;

    /** @param tokens contains the tokens that must not be restored together with the store */
    public TestVault(StateServices services, TokenPlace tokens) {
        component = new VaultComponent(services, tokens);
    }

    /** Starts its bundle. */
    public void start(BundleContext context) {
        component.start(context);
    }

    /** Runs one round of its maintenance, which a server does every half minute. */
    public void maintain() {
        component.maintenanceJob.round();
    }

    /** Stops its bundle. */
    public void stop() {
        component.stop();
    }
}
