package org.partyline.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Suites.Suite;
import org.partyline.api.engine.Wallets.Holding;
import org.partyline.api.transport.LocalWallets;

/** The values that commands complete. */
final class Completions {
    /** Session variable with the numbers of the messages that were listed last. */
    private static final String LISTED = "partyline.listed";

    private Completions() {}

    /** Remembers which messages the operator sees, for {@link MessageIds}. */
    static void listed(Session session, List<Long> ids) {
        session.put(LISTED, ids.stream().map(String::valueOf).toList());
    }

    /** Every channel's name. */
    static final class ChannelNames implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal, PartylineException {
            return engine.channels().listAll().stream()
                    .map(Channel::name)
                    .distinct()
                    .toList();
        }
    }

    /** Every persona's name. */
    static final class PersonaNames implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal, PartylineException {
            return engine.personas().list().stream().map(Persona::name).toList();
        }
    }

    /** Every contact's name. */
    static final class ContactNames implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal, PartylineException {
            return engine.contacts().listAll().stream()
                    .map(Contact::name)
                    .distinct()
                    .toList();
        }
    }

    /** Contacts with a session that can be closed. */
    static final class SessionNames implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal, PartylineException {
            return engine.contacts().listAll().stream()
                    .filter(contact ->
                            contact.session() == Sessions.State.OPEN || contact.session() == Sessions.State.OPENING)
                    .map(Contact::name)
                    .distinct()
                    .toList();
        }
    }

    /** Nicknames heard of. */
    static final class SenderNames implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal, PartylineException {
            return engine.channels().listAll().stream()
                    .flatMap(channel -> channel.senders().stream())
                    .distinct()
                    .toList();
        }
    }

    /** Every suite and key derivation. */
    static final class SuiteNames implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal {
            return engine.suites().list().stream().map(Suite::name).distinct().toList();
        }
    }

    /** The key derivations. */
    static final class DerivationNames implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal, PartylineException {
            return engine.suites().list().stream()
                    .filter(suite -> suite.kind().equals("kdf"))
                    .map(Suite::name)
                    .distinct()
                    .toList();
        }
    }

    /** The suites that can seal. */
    static final class SealingSuiteNames implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal {
            return engine.suites().list().stream()
                    .filter(suite -> suite.kind().equals("aead") && suite.seals())
                    .map(Suite::name)
                    .distinct()
                    .toList();
        }
    }

    /** Every node's name. */
    static final class NodeNames implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal {
            return engine.nodes().list().stream().map(Node::name).toList();
        }
    }

    /** The accounts that personas have for some contacts, and the word for none. */
    static final class AccountNames implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal, PartylineException {
            return Stream.concat(
                            engine.wallets().list().stream()
                                    .map(Holding::account)
                                    .filter(account -> !account.isEmpty())
                                    .distinct(),
                            Stream.of(ContactSetCommand.DEFAULT))
                    .toList();
        }
    }

    /** Every wallet's name. */
    static final class WalletNames implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal, PartylineException {
            return engine.wallets().list().stream()
                    .map(Holding::wallet)
                    .distinct()
                    .toList();
        }
    }

    /** The Bitcoin networks. */
    static final class NetworkNames implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) {
            return Arrays.stream(Network.values()).map(Network::label).toList();
        }
    }

    /** Outgoing messages that can still be taken back. */
    static final class WaitingIds implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal, PartylineException {
            return engine.messages().outbox(false).stream()
                    .filter(message -> message.state() == State.QUEUED || message.state() == State.SEALED)
                    .map(message -> String.valueOf(message.id()))
                    .toList();
        }
    }

    /** Our own messages that have left and are in no block yet. */
    static final class LeftIds implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal, PartylineException {
            return engine.messages().outbox(false).stream()
                    .filter(message -> message.state() == State.BROADCAST || message.state() == State.SEEN)
                    .map(message -> String.valueOf(message.id()))
                    .toList();
        }
    }

    /** Networks with a wallet of this server itself. */
    static final class LocalWalletNetworks implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal, PartylineException {
            return engine.localWallets().list().stream()
                    .map(wallet -> wallet.network().label())
                    .toList();
        }
    }

    /** Networks that a wallet of this server itself may be on. */
    static final class RealNetworkNames implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) {
            return Arrays.stream(Network.values())
                    .filter(network -> network != Network.EMBEDDED)
                    .map(Network::label)
                    .toList();
        }
    }

    /** Addresses with a label. */
    static final class LabelledAddresses implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal, PartylineException {
            List<String> addresses = new ArrayList<>();
            for (LocalWallets.Progress wallet : engine.localWallets().list()) {
                addresses.addAll(engine.localWallets().labels(wallet.network()).keySet());
            }
            return addresses;
        }
    }

    /** The messages that were listed last: asking for others would mark them as shown. */
    static final class MessageIds implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) {
            return session.get(LISTED) instanceof Collection<?> ids
                    ? ids.stream().map(String::valueOf).toList()
                    : List.of();
        }
    }

    /** Transactions of our own messages. */
    static final class TransactionIds implements Values {
        @Override
        public Collection<String> list(Engine engine, Session session) throws Refusal, PartylineException {
            return engine.messages().outbox(true).stream()
                    .map(Outgoing::parts)
                    .flatMap(List::stream)
                    .map(part -> part.transaction().map(Object::toString))
                    .flatMap(Optional::stream)
                    .distinct()
                    .toList();
        }
    }
}
