"""Runs Lambda functions of LocalStack as processes of this machine: LocalStack itself brings containers of Docker only.

LocalStack finds it by the entry point group `localstack.lambda.runtime_executor`, beside this folder; LAMBDA_RUNTIME_EXECUTOR
names it.
"""
