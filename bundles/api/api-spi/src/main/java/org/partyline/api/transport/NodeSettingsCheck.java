package org.partyline.api.transport;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;
import org.partyline.api.PartylineException;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;

/**
 * Declares the settings of a type of nodes, and checks a node's settings before its file is written. A service of each
 * bundle that has a {@link Transport}. Thread-safe.
 */
@ConsumerType
public interface NodeSettingsCheck extends SettingsDeclaration {
    /** The {@link Transport#type()} of the nodes. */
    String type();

    @Override
    default String pid() {
        return "org.partyline.transport." + type();
    }

    @Override
    default boolean isFactory() {
        return true;
    }

    /** {@inheritDoc} Unknown keys are rejected, too. */
    @Override
    default void check(Map<String, String> values) throws PartylineException {
        for (String key : values.keySet()) {
            if (settings().stream().map(Setting::key).noneMatch(key::equals)) {
                throw new PartylineException("a node of type " + type() + " has no setting '" + key
                        + "': its settings are "
                        + String.join(
                                ", ",
                                settings().stream().map(Setting::key).sorted().toList()));
            }
        }
        SettingsDeclaration.super.check(values);
    }

    /**
     * Asks the node itself, once, whether it can be used with settings that {@link #check} accepts: whether it answers,
     * accepts this server's login, is on its network, and has the wallet.
     *
     * @throws NodeSettingException what is wrong, and what to do, if the setting at fault is known
     * @throws PartylineException what is wrong, and what to do
     */
    default void ask(Map<String, String> settings) throws PartylineException {
        // There is no node to ask.
    }
}
