package org.partyline.webapi;

import java.util.Optional;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.QrCodes;
import org.partyline.api.engine.ServerStatus;
import org.partyline.api.engine.Suites;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets;
import org.partyline.api.health.Doctor;
import org.partyline.api.store.Store;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.web.WebProblem;

/** Provides the services behind the API; each may be unavailable at any time, and is looked up once per call. */
interface ApiServices {
    /** @throws WebProblem if it is not running */
    Messages messages() throws WebProblem;

    /** @throws WebProblem if it is not running */
    Conversations conversations() throws WebProblem;

    /** @throws WebProblem if it is not running */
    Contacts contacts() throws WebProblem;

    /** @throws WebProblem if it is not running */
    Channels channels() throws WebProblem;

    /** @throws WebProblem if it is not running */
    Events events() throws WebProblem;

    /** @throws WebProblem if it is not running */
    Store store() throws WebProblem;

    /** @throws WebProblem if it is not running */
    ServerStatus status() throws WebProblem;

    /** @throws WebProblem if it is not running */
    Vault vault() throws WebProblem;

    /** @throws WebProblem if it is not running */
    Nodes nodes() throws WebProblem;

    /** @throws WebProblem if it is not running */
    Personas personas() throws WebProblem;

    /** @throws WebProblem if it is not running */
    Fees fees() throws WebProblem;

    /** @throws WebProblem if it is not running */
    Wallets wallets() throws WebProblem;

    /** @throws WebProblem if it is not running */
    Suites suites() throws WebProblem;

    /** @throws WebProblem if it is not running */
    QrCodes qrCodes() throws WebProblem;

    /** Empty while it is not running. */
    Optional<Cover> cover();

    /** Empty if there are none. */
    Optional<LocalWallets> localWallets();

    /** @throws WebProblem if it is not running */
    Doctor doctor() throws WebProblem;
}
