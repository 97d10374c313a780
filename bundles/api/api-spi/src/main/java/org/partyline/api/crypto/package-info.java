/** Authenticated encryption and key derivation: one service for each algorithm. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package org.partyline.api.crypto;
