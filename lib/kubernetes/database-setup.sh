#!/bin/bash
# Makes a schema, and a user who sees nothing else, for each name in DATABASES, and for each in MONITORS a user who sees how the
# server fares, and no data. What is there stays as it is: a second run
# changes nothing, and a rotated password keeps working. Only a user who is refused with the password of its secret (after a
# restore, or once the secret was made anew) gets that password.
#
# DATABASES    names, separated by spaces: lower case letters, digits
# MONITORS     the same, of users without a schema
# SECRETS      folder with the files admin-username, admin-password, and NAME-username, NAME-password of each name
# OPTIONS      option file of the client: host, port, how to verify the server
# PATIENCE     seconds in which the server has to answer before the client is ended and asked again
#
# A connection that a pod opens before its network policies hold may never get an answer: nobody refuses it, what comes back is dropped
# (https://github.com/aws/aws-network-policy-agent/issues/236). The next one passes. Each statement here can be run again.
#
# The SQL is what MySQL 8.4 and MariaDB share. Passwords consist of characters that need no quoting, and are passed in files:
# a command line would show them.
set -euo pipefail
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

secret() { cat "$SECRETS/$1"; }

# Whether the client ended, or was ended, without an answer of the server: 124 and 137 are those of `timeout`.
unreachable() {
  [[ $status = 124 || $status = 137 || $(< "$work/errors") =~ 'ERROR '(2002|2003|2005|2013) ]]
}

# Runs the statements of the standard input as the user of a secret.
as() {
  local user password try status
  user=$(secret "$1-username")
  password=$(secret "$1-password")
  password=${password//\\/\\\\} # the administrator's may have any character
  password=${password//\"/\\\"}
  { cat "$OPTIONS"; printf '\n[client]\nuser=%s\npassword="%s"\n' "$user" "$password"; } > "$work/$1.cnf"
  cat > "$work/statements"
  for try in {1..6}; do
    status=0
    timeout --kill-after=5 "$PATIENCE" mysql --defaults-file="$work/$1.cnf" --connect-timeout="$PATIENCE" --batch \
      --skip-column-names < "$work/statements" > "$work/rows" 2> "$work/errors" || status=$?
    unreachable || break
    echo "$1: the server does not answer, attempt $try" >&2
    sleep 2
  done
  cat "$work/rows"
  cat "$work/errors" >&2
  return "$status"
}

# Prints the statement that makes a user, or nothing if the user is there. MySQL refuses even CREATE USER IF NOT EXISTS (error 4006)
# once a view, a trigger or a routine has that user as its definer, unless the administrator may set any definer.
create() {
  local found
  found=$(as admin <<< "SELECT COUNT(*) FROM mysql.user WHERE user = '$1' AND host = '%';") || return
  [[ $found != 0 ]] || echo "CREATE USER IF NOT EXISTS '$1'@'%' IDENTIFIED BY '$2' REQUIRE SSL $3;"
}

# Nothing is done until everything is known to need no quoting.
for database in $DATABASES $MONITORS; do
  if [[ $database = admin || ! $database =~ ^[a-z][a-z0-9]*$ || ! $(secret "$database-username") =~ ^[a-z][a-z0-9]*$ ||
    ! $(secret "$database-password") =~ ^[A-Za-z0-9._~-]+$ ]]; then
    echo "$database: the database, its user or its password has characters that would need quoting, or is reserved" >&2
    exit 1
  fi
done

# Takes a user whom its secret's password no longer opens the server back to that password.
restore() {
  if ! as "$1" <<< 'SELECT 1' > "$work/login" 2>&1; then
    if [[ $(< "$work/login") != *'ERROR 1045'* ]]; then
      cat "$work/login" >&2
      exit 1
    fi
    echo "$1: the user $2 is refused with the password of its secret, and gets it"
    as admin <<< "ALTER USER '$2'@'%' IDENTIFIED BY '$3';"
    as "$1" <<< 'SELECT 1' > "$work/login"
  fi
}

for database in $DATABASES; do
  user=$(secret "$database-username")
  password=$(secret "$database-password")
  create=$(create "$user" "$password" '')
  as admin <<SQL
CREATE DATABASE IF NOT EXISTS \`$database\` CHARACTER SET utf8mb4;
$create
GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE, LOCK TABLES, CREATE TEMPORARY TABLES,
  CREATE, ALTER, DROP, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, TRIGGER, CREATE ROUTINE, ALTER ROUTINE
  ON \`$database\`.* TO '$user'@'%';
SQL
  restore "$database" "$user" "$password"
  echo "$database: the user $user can use it"
done

for monitor in $MONITORS; do
  user=$(secret "$monitor-username")
  password=$(secret "$monitor-password")
  create=$(create "$user" "$password" 'WITH MAX_USER_CONNECTIONS 8')
  as admin <<SQL
$create
GRANT PROCESS, REPLICATION CLIENT ON *.* TO '$user'@'%';
SQL
  restore "$monitor" "$user" "$password"
  echo "$monitor: the user $user can see how the server fares"
done
