package org.partyline.vault;

import org.osgi.framework.BundleContext;
import org.partyline.messaging.state.StateServices;

/** The vault of a server that a test puts together without a container. */
public final class TestVault {
    /** What the test connects with the other stages. */
    public final VaultComponent component;

    /** @param tokens keeps what must not be put back together with the store */
    public TestVault(StateServices services, TokenPlace tokens) {
        component = new VaultComponent(services, tokens);
    }

    /** Its bundle is started. */
    public void start(BundleContext context) {
        component.start(context);
    }

    /** One round of its maintenance, which a server runs every half minute. */
    public void maintain() {
        component.maintenanceJob.round();
    }

    /** Its bundle is stopped. */
    public void stop() {
        component.stop();
    }
}
