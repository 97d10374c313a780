/** Secrets that rest in one file, sealed under a passphrase that the service manager or another file holds. */
package org.partyline.secretsfile;
